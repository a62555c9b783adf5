// Hunting: queries over the tenant's data, and what can be done with a query before it meets any.
import type { Command } from '../command.ts';

export const huntingCommands: readonly Command[] = [
  {
    words: ['hunt'],
    summary: 'hunt.summary',
    operands: [{ name: 'QUERY', about: 'hunt.query', optional: true }],
    options: [
      { name: 'file', value: 'FILE', about: 'hunt.file' },
      { name: 'timespan', value: 'P7D|START/END', about: 'hunt.timespan' },
      { name: 'csv', about: 'hunt.csv' },
      { name: 'table', about: 'hunt.table' },
    ],
    examples: [
      `sallyport hunt 'DeviceProcessEvents | where FileName =~ "powershell.exe" | take 10'`,
      'sallyport hunt --file hunts/rare-parents.kql --timespan P7D --csv',
      'sallyport hunt - --json < query.kql',
    ],
    load: async () => (await import('../commands/hunt.ts')).hunt,
  },
  {
    words: ['kql', 'check'],
    summary: 'kql.check.summary',
    operands: [{ name: 'FILE', about: 'kql.check.file', repeated: true }],
    examples: ['sallyport kql check detections/*.kql'],
    load: async () => (await import('../commands/kql.ts')).check,
  },
  {
    words: ['kql', 'test'],
    summary: 'kql.test.summary',
    operands: [{ name: 'DIR', about: 'kql.test.dir', repeated: true }],
    examples: ['sallyport kql test detections/'],
    load: async () => (await import('../commands/kql.ts')).test,
  },
];
