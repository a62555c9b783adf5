// What an appliance has to be told about tagged apps.
import type { Command } from '../command.ts';

export const blockScriptCommands: readonly Command[] = [
  {
    words: ['discovery', 'block-script'],
    summary: 'blockScript.summary',
    options: [
      {
        name: 'format',
        value: 'APPLIANCE',
        oneOf: ['bluecoat', 'cisco-asa', 'fortigate', 'juniper-srx', 'palo-alto', 'websense', 'zscaler'],
        about: 'blockScript.format',
      },
      { name: 'type', value: 'banned|allowed', oneOf: ['banned', 'allowed'], about: 'blockScript.type' },
      { name: 'output', value: 'FILE', about: 'blockScript.output' },
    ],
    examples: [
      'sallyport discovery block-script --format zscaler',
      'sallyport discovery block-script --format fortigate --type allowed --output allowed.txt',
    ],
    load: async () => (await import('../commands/block-script.ts')).blockScript,
  },
];
