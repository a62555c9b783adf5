// What comes in, and what is on record: ingestion, explanations, audit.
import type { Command, OptionSpec } from '../command.ts';
import { all, limit, search } from './shared.ts';

/** The own tenant's audit log, or the one of the deployment, for those who manage its tenants. */
const whichLog: OptionSpec = { name: 'log', value: 'LOG', oneOf: ['tenant', 'deployment'], about: 'audit.log' };

export const recordCommands: readonly Command[] = [
  {
    words: ['ingest', 'activities'],
    summary: 'ingest.activities.summary',
    operands: [{ name: 'FILE', about: 'ingest.activities.file' }],
    options: [
      {
        name: 'format',
        value: 'FORMAT',
        oneOf: ['ndjson', 'json', 'csv'],
        about: 'ingest.activities.format',
      },
    ],
    examples: [
      'sallyport ingest activities AuditLog_2026-11-01.csv',
      'zcat unified-*.ndjson.gz | sallyport ingest activities -',
    ],
    load: async () => (await import('../commands/ingest.ts')).ingestActivities,
  },
  {
    words: ['ingest', 'incidents'],
    summary: 'ingest.incidents.summary',
    operands: [{ name: 'FILE', about: 'ingest.incidents.file' }],
    options: [{ name: 'format', value: 'FORMAT', oneOf: ['ndjson', 'json'], about: 'ingest.incidents.format' }],
    examples: ['sallyport ingest incidents incidents.json', 'jq .value page-*.json | sallyport ingest incidents -'],
    load: async () => (await import('../commands/ingest.ts')).ingestIncidents,
  },
  {
    words: ['ingest', 'alerts'],
    summary: 'ingest.alerts.summary',
    operands: [{ name: 'FILE', about: 'ingest.alerts.file' }],
    options: [{ name: 'format', value: 'FORMAT', oneOf: ['ndjson', 'json'], about: 'ingest.alerts.format' }],
    examples: ['sallyport ingest alerts findings.ndjson', 'sallyport ingest alerts alerts_v2-page.json'],
    load: async () => (await import('../commands/ingest.ts')).ingestAlerts,
  },
  {
    words: ['ingest', 'machines'],
    summary: 'ingest.machines.summary',
    operands: [{ name: 'FILE', about: 'ingest.machines.file' }],
    options: [{ name: 'format', value: 'FORMAT', oneOf: ['ndjson', 'json'], about: 'ingest.machines.format' }],
    examples: ['sallyport ingest machines machines.json'],
    load: async () => (await import('../commands/ingest.ts')).ingestMachines,
  },
  {
    words: ['ingest', 'hunting'],
    summary: 'ingest.hunting.summary',
    operands: [{ name: 'PATH', about: 'ingest.hunting.path', repeated: true }],
    options: [
      { name: 'table', value: 'TABLE', about: 'ingest.hunting.table' },
      { name: 'format', value: 'FORMAT', oneOf: ['ndjson', 'json', 'csv'], about: 'ingest.hunting.format' },
    ],
    examples: [
      'sallyport ingest hunting export/2026-11/',
      'sallyport ingest hunting --table DeviceNetworkEvents query-result.csv',
    ],
    load: async () => (await import('../commands/ingest-hunting.ts')).ingestHunting,
  },
  {
    words: ['explain'],
    summary: 'explain.summary',
    operands: [{ name: 'ID', about: 'explain.id' }],
    load: async () => (await import('../commands/explain.ts')).explain,
  },
  {
    words: ['audit', 'list'],
    summary: 'audit.list.summary',
    options: [
      { name: 'from', value: '1d|TIME', about: 'audit.list.from' },
      { name: 'to', value: '1h|TIME', about: 'audit.list.to' },
      { name: 'action', value: 'ACTION', about: 'audit.list.action' },
      { name: 'actor', value: 'NAME', about: 'audit.list.actor' },
      search,
      { name: 'before', value: 'SEQUENCE', about: 'audit.list.before' },
      whichLog,
      limit,
      all,
    ],
    examples: ['sallyport audit list --from 7d --action token.revoke'],
    load: async () => (await import('../commands/audit.ts')).list,
  },
  {
    words: ['audit', 'verify'],
    summary: 'audit.verify.summary',
    options: [whichLog],
    load: async () => (await import('../commands/audit.ts')).verify,
  },
];
