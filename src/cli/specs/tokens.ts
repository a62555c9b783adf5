// API tokens, and the tokens of SIEM agents and log collectors.
import type { Command } from '../command.ts';
import { agent, all, limit, search, token, yes } from './shared.ts';

export const tokenCommands: readonly Command[] = [
  {
    words: ['token', 'generate'],
    summary: 'token.generate.summary',
    operands: [{ name: 'NAME', about: 'token.generate.name' }],
    options: [
      { name: 'expires', value: '90d|TIME', about: 'token.generate.expires' },
      { name: 'permission', value: 'PERMISSION', repeated: true, about: 'token.generate.permission' },
      { name: 'allow', value: 'CIDR', repeated: true, about: 'token.generate.allow' },
      { name: 'value-only', about: 'token.generate.valueOnly' },
    ],
    examples: [
      'TOKEN=$(sallyport token generate nightly-export)',
      'sallyport token generate siem --expires 90d --permission Activities.read --allow 192.0.2.0/24',
    ],
    load: async () => (await tokens()).generate,
  },
  {
    words: ['token', 'list'],
    summary: 'token.list.summary',
    options: [
      { name: 'status', value: 'STATUS', oneOf: ['generated', 'active', 'inactive'], about: 'options.status' },
      { name: 'owner', value: 'USER', about: 'token.list.owner' },
      search,
      {
        name: 'sort',
        value: 'COLUMN',
        oneOf: ['name', 'createdAt', 'lastUsedAt', 'owner'],
        about: 'token.list.sort',
      },
      { name: 'direction', value: 'asc|desc', oneOf: ['asc', 'desc'], about: 'token.list.direction' },
      limit,
      all,
    ],
    examples: ['sallyport token list --status inactive --sort lastUsedAt'],
    load: async () => (await tokens()).list,
  },
  {
    words: ['token', 'show'],
    summary: 'token.show.summary',
    operands: [token],
    load: async () => (await tokens()).show,
  },
  {
    words: ['token', 'revoke'],
    summary: 'token.revoke.summary',
    operands: [token],
    options: [yes],
    load: async () => (await tokens()).revoke,
  },
  {
    words: ['token', 'rotate'],
    summary: 'token.rotate.summary',
    operands: [token],
    options: [
      { name: 'overlap', value: '1h', about: 'token.rotate.overlap' },
      { name: 'value-only', about: 'token.generate.valueOnly' },
    ],
    load: async () => (await tokens()).rotate,
  },
  {
    words: ['token', 'revoke-departed'],
    summary: 'token.revokeDeparted.summary',
    options: [{ name: 'dry-run', about: 'token.revokeDeparted.dryRun' }, yes],
    load: async () => (await tokens()).revokeDeparted,
  },
  {
    words: ['token', 'inspect'],
    summary: 'token.inspect.summary',
    operands: [{ name: 'FILE', about: 'token.inspect.file', optional: true }],
    examples: ['sallyport token inspect', 'sallyport token inspect access-token.txt'],
    load: async () => (await import('../commands/token-inspect.ts')).inspect,
  },
];

export const signingKeyCommands: readonly Command[] = [
  { words: ['signing-key', 'list'], summary: 'signingKey.list.summary', load: async () => (await signingKeys()).list },
  {
    words: ['signing-key', 'rotate'],
    summary: 'signingKey.rotate.summary',
    options: [
      { name: 'now', about: 'signingKey.rotate.now' },
      { name: 'withdraw', about: 'signingKey.rotate.withdraw' },
      yes,
    ],
    load: async () => (await signingKeys()).rotate,
  },
];

export const agentCommands: readonly Command[] = [
  { words: ['agent', 'list'], summary: 'agent.list.summary', load: async () => (await agents()).list },
  {
    words: ['agent', 'create'],
    summary: 'agent.create.summary',
    operands: [
      { name: 'KIND', about: 'agent.create.kind' },
      { name: 'NAME', about: 'agent.create.name' },
    ],
    options: [{ name: 'value-only', about: 'token.generate.valueOnly' }],
    examples: ['sallyport agent create siem-agent splunk-1'],
    load: async () => (await agents()).create,
  },
  {
    words: ['agent', 'regenerate'],
    summary: 'agent.regenerate.summary',
    operands: [agent],
    options: [{ name: 'value-only', about: 'token.generate.valueOnly' }, yes],
    load: async () => (await agents()).regenerate,
  },
  {
    words: ['agent', 'delete'],
    summary: 'agent.delete.summary',
    operands: [agent],
    options: [yes],
    load: async () => (await agents()).remove,
  },
];

const signingKeys = () => import('../commands/signing-key.ts');
const tokens = () => import('../commands/token.ts');
const agents = () => import('../commands/agent.ts');
