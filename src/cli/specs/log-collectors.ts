// Log collectors: managed at the server, and the collector itself.
import type { Command } from '../command.ts';
import { yes } from './shared.ts';

const valueOnly = { name: 'value-only', about: 'token.generate.valueOnly' } as const;
const collector = { name: 'COLLECTOR', about: 'logCollector.operand' } as const;
const dataSource = {
  name: 'data-source',
  value: 'NAME[:PORT]',
  repeated: true,
  about: 'logCollector.dataSource',
} as const;
const state = { name: 'state', value: 'FOLDER', about: 'logCollector.run.state' } as const;

export const logCollectorCommands: readonly Command[] = [
  { words: ['log-collector', 'list'], summary: 'logCollector.list.summary', load: async () => (await managed()).list },
  {
    words: ['log-collector', 'show'],
    summary: 'logCollector.show.summary',
    operands: [collector],
    load: async () => (await managed()).show,
  },
  {
    words: ['log-collector', 'create'],
    summary: 'logCollector.create.summary',
    operands: [{ name: 'NAME', about: 'agent.create.name' }],
    options: [dataSource, valueOnly],
    examples: ['sallyport log-collector create berlin --data-source squid:601 --data-source asa:514'],
    load: async () => (await managed()).create,
  },
  {
    words: ['log-collector', 'update'],
    summary: 'logCollector.update.summary',
    operands: [collector],
    options: [{ name: 'name', value: 'NAME', about: 'agent.create.name' }, dataSource],
    examples: ['sallyport log-collector update berlin --data-source squid:601'],
    load: async () => (await managed()).update,
  },
  {
    words: ['log-collector', 'regenerate'],
    summary: 'logCollector.regenerate.summary',
    operands: [collector],
    options: [valueOnly, yes],
    load: async () => (await managed()).regenerate,
  },
  {
    words: ['log-collector', 'delete'],
    summary: 'logCollector.delete.summary',
    operands: [collector],
    options: [yes],
    load: async () => (await managed()).remove,
  },
  {
    words: ['log-collector'],
    summary: 'logCollector.run.summary',
    options: [
      { name: 'server', value: 'URL', about: 'logCollector.run.server' },
      state,
      { name: 'token-file', value: 'FILE', about: 'logCollector.run.tokenFile' },
      { name: 'ca', value: 'FILE', about: 'logCollector.run.ca' },
      { name: 'proxy', value: 'URL', about: 'logCollector.run.proxy' },
      { name: 'listen', value: 'ADDRESS', about: 'logCollector.run.listen' },
      { name: 'tls-certificate', value: 'FILE', about: 'logCollector.run.tlsCertificate' },
      { name: 'tls-key', value: 'FILE', about: 'logCollector.run.tlsKey' },
      { name: 'tls-authorities', value: 'FILE', about: 'logCollector.run.tlsAuthorities' },
      { name: 'ftp-port', value: 'PORT', about: 'logCollector.run.ftpPort' },
      { name: 'ftp-user', value: 'NAME', about: 'logCollector.run.ftpUser' },
      { name: 'ftp-password-file', value: 'FILE', about: 'logCollector.run.ftpPasswordFile' },
      { name: 'ftp-passive', value: 'FROM-TO', about: 'logCollector.run.ftpPassive' },
      { name: 'ftp-address', value: 'ADDRESS', about: 'logCollector.run.ftpAddress' },
      { name: 'spool-bytes', value: 'N', about: 'logCollector.run.spoolBytes' },
      { name: 'flush-seconds', value: 'N', about: 'logCollector.run.flushSeconds' },
      { name: 'status-port', value: 'PORT', about: 'logCollector.run.statusPort' },
    ],
    examples: [
      'sallyport log-collector --server https://contoso.sallyport.example --state /var/lib/sallyport-collector < token.txt',
    ],
    load: async () => (await import('../commands/log-collector-process.ts')).run,
  },
  {
    words: ['log-collector', 'status'],
    summary: 'logCollector.status.summary',
    options: [state],
    load: async () => (await import('../commands/log-collector-process.ts')).status,
  },
];

const managed = () => import('../commands/log-collector.ts');
