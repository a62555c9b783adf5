// The SIEM agent: the process itself, and what administrators do with agents.
import type { Command, OperandSpec, OptionSpec } from '../command.ts';
import { agent, yes } from './shared.ts';

const host: OperandSpec = { name: 'HOST', about: 'siemAgent.host' };
const port: OperandSpec = { name: 'PORT', about: 'siemAgent.port' };
const yesOrNo = ['yes', 'no'];

const sending: readonly OptionSpec[] = [
  { name: 'protocol', value: 'PROTOCOL', oneOf: ['tcp', 'udp', 'tls'], about: 'siemAgent.protocol' },
  { name: 'format', value: 'FORMAT', oneOf: ['generic-cef', 'arcsight-cef'], about: 'siemAgent.format' },
  {
    name: 'time-format',
    value: 'FORMAT',
    oneOf: ['rfc5424', 'rfc3164', 'rfc3164-with-year'],
    about: 'siemAgent.timeFormat',
  },
  { name: 'include-pri', value: 'yes|no', oneOf: yesOrNo, about: 'siemAgent.includePri' },
  { name: 'include-system-name', value: 'yes|no', oneOf: yesOrNo, about: 'siemAgent.includeSystemName' },
  { name: 'alerts', value: 'all|none|JSON', about: 'siemAgent.alerts' },
  { name: 'activities', value: 'all|none|JSON', about: 'siemAgent.activities' },
];

const folder: OptionSpec = { name: 'state', value: 'FOLDER', about: 'siemAgent.state' };

export const siemAgentCommands: readonly Command[] = [
  {
    words: ['siem-agent'],
    summary: 'siemAgent.summary',
    options: [
      { name: 'server', value: 'URL', about: 'siemAgent.server' },
      folder,
      { name: 'token-file', value: 'FILE', about: 'siemAgent.tokenFile' },
      { name: 'ca', value: 'FILE', about: 'siemAgent.ca' },
      { name: 'proxy', value: 'URL', about: 'siemAgent.proxy' },
      { name: 'logs-directory', value: 'FOLDER', about: 'siemAgent.logs' },
      { name: 'siem-ca', value: 'FILE', about: 'siemAgent.siemCa' },
      { name: 'siem-cert', value: 'FILE', about: 'siemAgent.siemCert' },
      { name: 'siem-key', value: 'FILE', about: 'siemAgent.siemKey' },
      { name: 'octet-counting', about: 'siemAgent.octetCounting' },
      { name: 'datagram-bytes', value: 'N', about: 'siemAgent.datagramBytes' },
      { name: 'poll-seconds', value: 'N', about: 'siemAgent.pollSeconds' },
    ],
    examples: [
      'sallyport siem-agent --server https://contoso.sallyport.example --state /var/lib/sallyport-siem-agent < token.txt',
    ],
    load: async () => (await process()).run,
  },
  {
    words: ['siem-agent', 'status'],
    summary: 'siemAgent.status.summary',
    options: [folder],
    examples: ['sallyport siem-agent status --state /var/lib/sallyport-siem-agent'],
    load: async () => (await process()).status,
  },
  { words: ['siem-agent', 'list'], summary: 'siemAgent.list.summary', load: async () => (await agents()).list },
  {
    words: ['siem-agent', 'show'],
    summary: 'siemAgent.show.summary',
    operands: [agent],
    load: async () => (await agents()).show,
  },
  {
    words: ['siem-agent', 'create'],
    summary: 'siemAgent.create.summary',
    operands: [{ name: 'NAME', about: 'agent.create.name' }, host, port],
    options: [...sending, { name: 'value-only', about: 'token.generate.valueOnly' }],
    examples: [
      'sallyport siem-agent create splunk-1 siem.contoso.example 6514 --protocol tls',
      `sallyport siem-agent create alerts-only 192.0.2.10 514 --activities none --alerts '{"severity":{"eq":[1,2]}}'`,
    ],
    load: async () => (await agents()).create,
  },
  {
    words: ['siem-agent', 'edit'],
    summary: 'siemAgent.edit.summary',
    operands: [agent],
    options: [
      { name: 'name', value: 'NAME', about: 'agent.create.name' },
      { name: 'host', value: 'HOST', about: 'siemAgent.host' },
      { name: 'port', value: 'PORT', about: 'siemAgent.port' },
      ...sending,
    ],
    examples: ['sallyport siem-agent edit splunk-1 --host siem-2.contoso.example --activities all'],
    load: async () => (await agents()).edit,
  },
  {
    words: ['siem-agent', 'enable'],
    summary: 'siemAgent.enable.summary',
    operands: [agent],
    load: async () => (await agents()).enable,
  },
  {
    words: ['siem-agent', 'disable'],
    summary: 'siemAgent.disable.summary',
    operands: [agent],
    load: async () => (await agents()).disable,
  },
  {
    words: ['siem-agent', 'regenerate'],
    summary: 'siemAgent.regenerate.summary',
    operands: [agent],
    options: [{ name: 'value-only', about: 'token.generate.valueOnly' }, yes],
    load: async () => (await agents()).regenerate,
  },
  {
    words: ['siem-agent', 'delete'],
    summary: 'siemAgent.delete.summary',
    operands: [agent],
    options: [yes],
    load: async () => (await agents()).remove,
  },
];

const agents = () => import('../commands/siem-agent.ts');
const process = () => import('../commands/siem-agent-process.ts');
