// Incidents: what belongs together, and who looks after it.
import type { Command, OperandSpec, OptionSpec } from '../command.ts';
import { all, limit, yes } from './shared.ts';

const incident: OperandSpec = { name: 'INCIDENT', about: 'incident.which' };
const comment: OptionSpec = { name: 'comment', value: 'TEXT', about: 'incident.options.comment' };
const severities = ['UnSpecified', 'Informational', 'Low', 'Medium', 'High'] as const;

const incidents = () => import('../commands/incident.ts');

export const incidentCommands: readonly Command[] = [
  {
    words: ['incident', 'list'],
    summary: 'incident.list.summary',
    options: [
      {
        name: 'status',
        value: 'STATUS',
        oneOf: ['Active', 'InProgress', 'Resolved', 'Redirected'],
        about: 'options.status',
      },
      { name: 'severity', value: 'SEVERITY', oneOf: severities, about: 'incident.options.onlySeverity' },
      { name: 'assigned-to', value: 'USER', about: 'incident.options.onlyAssignedTo' },
      limit,
      all,
    ],
    examples: ['sallyport incident list --status Active --severity High'],
    load: async () => (await incidents()).list,
  },
  {
    words: ['incident', 'show'],
    summary: 'incident.show.summary',
    operands: [incident],
    load: async () => (await incidents()).show,
  },
  {
    words: ['incident', 'update'],
    summary: 'incident.update.summary',
    operands: [incident],
    options: [
      {
        name: 'status',
        value: 'STATUS',
        oneOf: ['Active', 'InProgress', 'Resolved'],
        about: 'incident.options.status',
      },
      { name: 'assign', value: 'USER', about: 'incident.options.assign' },
      { name: 'unassign', about: 'incident.options.unassign' },
      {
        name: 'classification',
        value: 'CLASSIFICATION',
        oneOf: ['unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity'],
        about: 'incident.options.classification',
      },
      { name: 'determination', value: 'DETERMINATION', about: 'incident.options.determination' },
      { name: 'severity', value: 'SEVERITY', oneOf: severities, about: 'incident.options.severity' },
      { name: 'name', value: 'NAME', about: 'incident.options.name' },
      { name: 'tag', value: 'TAG', repeated: true, about: 'incident.options.tag' },
      comment,
    ],
    examples: [
      'sallyport incident update 924521 --status Resolved --classification truePositive --determination phishing',
    ],
    load: async () => (await incidents()).update,
  },
  {
    words: ['incident', 'merge'],
    summary: 'incident.merge.summary',
    operands: [{ ...incident, repeated: true }],
    options: [comment, yes],
    examples: ['sallyport incident merge 924521 924530 --comment "One attacker"'],
    load: async () => (await incidents()).merge,
  },
  {
    words: ['incident', 'split'],
    summary: 'incident.split.summary',
    operands: [{ name: 'ALERT', about: 'incident.alert', repeated: true }],
    options: [{ name: 'into', value: 'INCIDENT', about: 'incident.options.into' }, comment],
    examples: ['sallyport incident split da637349991483344_393341063'],
    load: async () => (await incidents()).split,
  },
];
