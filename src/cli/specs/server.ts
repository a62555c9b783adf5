// Commands that run on the server's own machine: they are the server, or they open its stores.
import type { Command } from '../command.ts';

export const serverCommands: readonly Command[] = [
  {
    words: ['demo'],
    summary: 'demo.summary',
    options: [{ name: 'vendor-hosts', about: 'serve.vendorHosts' }],
    examples: ['sallyport demo', 'sallyport demo replay spray --speed 60'],
    load: async () => (await import('../commands/demo.ts')).run,
  },
  {
    words: ['demo', 'replay'],
    summary: 'demo.replay.summary',
    operands: [{ name: 'STORY', about: 'demo.replay.story' }],
    options: [{ name: 'speed', value: 'N', about: 'demo.replay.speed' }],
    examples: ['sallyport demo replay consent', 'sallyport demo replay token --speed 300'],
    load: async () => (await import('../commands/demo/replay.ts')).run,
  },
  {
    words: ['serve'],
    summary: 'serve.summary',
    options: [{ name: 'vendor-hosts', about: 'serve.vendorHosts' }],
    load: async () => (await import('../commands/serve.ts')).run,
  },
  {
    words: ['config'],
    summary: 'config.summary',
    load: async () => (await import('../commands/config.ts')).run,
  },
  {
    words: ['break-glass'],
    summary: 'breakGlass.summary',
    operands: [
      { name: 'TENANT', about: 'operands.tenant' },
      { name: 'USER', about: 'operands.user' },
    ],
    options: [{ name: 'reason', value: 'TEXT', about: 'breakGlass.reason' }],
    load: async () => (await import('../commands/break-glass.ts')).run,
  },
];
