// Custom detections: rules over hunting queries, as files in the documented shape.
import type { Command, OperandSpec } from '../command.ts';
import { all, limit, yes } from './shared.ts';

const rule: OperandSpec = { name: 'RULE', about: 'detection.which' };
const file: OperandSpec = { name: 'FILE', about: 'detection.file' };

const detections = () => import('../commands/detection.ts');

export const detectionCommands: readonly Command[] = [
  {
    words: ['detection', 'list'],
    summary: 'detection.list.summary',
    options: [{ name: 'search', value: 'TEXT', about: 'detection.options.search' }, limit, all],
    load: async () => (await detections()).list,
  },
  {
    words: ['detection', 'show'],
    summary: 'detection.show.summary',
    operands: [rule],
    load: async () => (await detections()).show,
  },
  {
    words: ['detection', 'create'],
    summary: 'detection.create.summary',
    operands: [file],
    examples: ['sallyport detection create rules/credential-tools.json'],
    load: async () => (await detections()).create,
  },
  {
    words: ['detection', 'update'],
    summary: 'detection.update.summary',
    operands: [rule, file],
    examples: ['sallyport detection update "Credential tools" rules/credential-tools.json'],
    load: async () => (await detections()).update,
  },
  {
    words: ['detection', 'delete'],
    summary: 'detection.delete.summary',
    operands: [rule],
    options: [yes],
    load: async () => (await detections()).remove,
  },
  {
    words: ['detection', 'enable'],
    summary: 'detection.enable.summary',
    operands: [rule],
    load: async () => (await detections()).enable,
  },
  {
    words: ['detection', 'disable'],
    summary: 'detection.disable.summary',
    operands: [rule],
    load: async () => (await detections()).disable,
  },
  {
    words: ['detection', 'run'],
    summary: 'detection.run.summary',
    operands: [rule],
    load: async () => (await detections()).run,
  },
  {
    words: ['detection', 'dry-run'],
    summary: 'detection.dryRun.summary',
    operands: [{ ...rule, optional: true }],
    options: [{ name: 'file', value: 'FILE', about: 'detection.options.file' }],
    examples: ['sallyport detection dry-run --file rules/credential-tools.json'],
    load: async () => (await detections()).dryRun,
  },
  {
    words: ['detection', 'runs'],
    summary: 'detection.runs.summary',
    operands: [rule],
    options: [limit, all],
    load: async () => (await detections()).runs,
  },
];
