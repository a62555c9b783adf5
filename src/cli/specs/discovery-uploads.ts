// Cloud discovery: traffic logs, the data sources that they come from, and reports.
import type { Command, OperandSpec } from '../command.ts';
import { all, limit, yes } from './shared.ts';

const upload: OperandSpec = { name: 'UPLOAD', about: 'discovery.uploads.upload' };
const name: OperandSpec = { name: 'NAME', about: 'discovery.source.name' };
const report: OperandSpec = { name: 'NAME', about: 'discovery.report.name' };
const states = ['created', 'uploaded', 'queued', 'processing', 'done', 'failed', 'cancelled'];

export const discoveryUploadCommands: readonly Command[] = [
  {
    words: ['discovery', 'upload'],
    summary: 'discovery.upload.summary',
    operands: [{ name: 'FILE', about: 'discovery.upload.file', repeated: true }],
    options: [
      { name: 'source', value: 'KIND', about: 'discovery.upload.source' },
      { name: 'data-source', value: 'NAME', about: 'discovery.upload.dataSource' },
      { name: 'snapshot', value: 'NAME', about: 'discovery.upload.snapshot' },
      { name: 'wait', about: 'discovery.upload.wait' },
    ],
    examples: [
      'sallyport discovery upload proxy.log.gz --source SQUID_NATIVE --data-source proxy-1 --wait',
      'sallyport discovery upload logs/*.log --source FORTIGATE --snapshot "Friday sample" --wait',
    ],
    load: async () => (await import('../commands/discovery-upload.ts')).upload,
  },
  {
    words: ['discovery', 'uploads', 'list'],
    summary: 'discovery.uploads.list.summary',
    options: [
      { name: 'state', value: 'STATE', oneOf: states, about: 'discovery.uploads.list.state' },
      { name: 'stream', value: 'NAME', about: 'discovery.uploads.list.stream' },
      limit,
      all,
    ],
    load: async () => (await uploads()).list,
  },
  {
    words: ['discovery', 'uploads', 'show'],
    summary: 'discovery.uploads.show.summary',
    operands: [upload],
    load: async () => (await uploads()).show,
  },
  {
    words: ['discovery', 'uploads', 'cancel'],
    summary: 'discovery.uploads.cancel.summary',
    operands: [upload],
    options: [yes],
    load: async () => (await uploads()).cancel,
  },
  {
    words: ['discovery', 'uploads', 'delete'],
    summary: 'discovery.uploads.delete.summary',
    operands: [upload],
    options: [yes],
    load: async () => (await uploads()).remove,
  },
  {
    words: ['discovery', 'source', 'list'],
    summary: 'discovery.source.list.summary',
    load: async () => (await streams()).listSources,
  },
  {
    words: ['discovery', 'source', 'create'],
    summary: 'discovery.source.create.summary',
    operands: [name],
    options: [
      { name: 'source', value: 'KIND', about: 'discovery.upload.source' },
      { name: 'comment', value: 'TEXT', about: 'discovery.comment' },
      { name: 'anonymize-users', about: 'discovery.source.anonymizeUsers' },
      {
        name: 'receiver',
        value: 'RECEIVER',
        oneOf: ['ftp', 'ftps', 'syslog-udp', 'syslog-tcp', 'syslog-tls'],
        about: 'discovery.source.receiver',
      },
      { name: 'parser', value: 'FILE', about: 'discovery.source.parser' },
    ],
    examples: ['sallyport discovery source create proxy-1 --source SQUID_NATIVE --anonymize-users'],
    load: async () => (await streams()).createSource,
  },
  {
    words: ['discovery', 'source', 'delete'],
    summary: 'discovery.source.delete.summary',
    operands: [name],
    options: [yes],
    load: async () => (await streams()).deleteSource,
  },
  {
    words: ['discovery', 'report', 'list'],
    summary: 'discovery.report.list.summary',
    load: async () => (await streams()).listReports,
  },
  {
    words: ['discovery', 'report', 'create'],
    summary: 'discovery.report.create.summary',
    operands: [report],
    options: [
      { name: 'comment', value: 'TEXT', about: 'discovery.comment' },
      { name: 'data-source', value: 'NAME', repeated: true, about: 'discovery.report.dataSource' },
      { name: 'group', value: 'ID', repeated: true, about: 'discovery.report.group' },
      { name: 'ip-tag', value: 'TAG', repeated: true, about: 'discovery.report.ipTag' },
      { name: 'ip-range', value: 'CIDR', repeated: true, about: 'discovery.report.ipRange' },
    ],
    examples: ['sallyport discovery report create Branches --data-source branch-1 --ip-range 192.0.2.0/24'],
    load: async () => (await streams()).createReport,
  },
  {
    words: ['discovery', 'report', 'delete'],
    summary: 'discovery.report.delete.summary',
    operands: [report],
    options: [yes],
    load: async () => (await streams()).deleteReport,
  },
];

const uploads = () => import('../commands/discovery-uploads.ts');
const streams = () => import('../commands/discovery-streams.ts');
