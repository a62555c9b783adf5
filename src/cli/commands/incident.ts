// Incidents: listed, looked at, changed, put together and taken apart.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showBlock, showList, when } from '../show.ts';
import { tableLines } from '../table.ts';
import { utcTime } from '../times.ts';
import type { WireIncident, WireIncidentSummary } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireIncidentSummary>(call, {
    path: '/incidents',
    query: {
      status: call.option('status'),
      severity: call.option('severity'),
      assignedTo: call.option('assigned-to'),
    },
    columns: [
      { heading: t('table.id'), cell: ({ incidentId }) => String(incidentId) },
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('table.status'), cell: ({ status }) => status },
      { heading: t('policy.severity'), cell: ({ severity }) => severity },
      { heading: t('incident.alerts'), cell: ({ alertCount }) => String(alertCount) },
      { heading: t('incident.assignedTo'), cell: ({ assignedTo }) => assignedTo ?? '-' },
      { heading: t('incident.updated'), cell: ({ updatedAt }) => utcTime(updatedAt) },
    ],
  });
  return exitCodes.ok;
}

/** Throws a CliProblem for what can be no number of an incident. */
function numberIn(call: Call, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CliProblem(exitCodes.usage, 'usage', call.t('incident.badNumber', { text }));
}

export async function show(call: Call): Promise<ExitCode> {
  const number = numberIn(call, call.operand('INCIDENT'));
  const incident = await call.api().call<WireIncident>('GET', at`/incidents/${String(number)}`);
  const { redirectIncidentId, classification, determination } = incident;
  showBlock(call, incident, [
    ['table.id', String(incident.incidentId)],
    ['table.name', incident.name],
    ['table.status', `${incident.status}${redirectIncidentId === null ? '' : ` -> ${redirectIncidentId}`}`],
    ['policy.severity', incident.severity],
    ['incident.classification', `${classification} / ${determination}`],
    ['incident.assignedTo', incident.assignedTo ?? '-'],
    ['incident.tags', incident.tags.join(', ') || '-'],
    ['table.created', when(call, incident.createdAt)],
    ['incident.updated', when(call, incident.updatedAt)],
    ['incident.firstActivity', when(call, incident.firstActivityAt)],
    ['incident.lastActivity', when(call, incident.lastActivityAt)],
  ]);
  if (!call.isJson) showAlerts(call, incident);
  return exitCodes.ok;
}

/** Each alert with why it is here; the first one of an incident needs no reason. */
function showAlerts(call: Call, { alertIds, reasons }: WireIncident): void {
  if (alertIds.length === 0) return;
  call.say('');
  const rows = alertIds.map((alertId) => ({ alertId, reason: reasons.findLast((each) => each.alertId === alertId) }));
  const columns = [
    { heading: call.t('incident.alerts'), cell: ({ alertId }: Row) => alertId },
    { heading: call.t('incident.reason'), cell: ({ reason }: Row) => reasonText(call, reason) },
  ];
  for (const line of tableLines(columns, rows)) call.say(line);
}

interface Row {
  readonly alertId: string;
  readonly reason: WireIncident['reasons'][number] | undefined;
}

function reasonText(call: Call, reason: Row['reason']): string {
  if (!reason) return '-';
  const { kind, key, sharedWith, movedFrom, movedBy } = reason;
  return movedFrom === null
    ? call.t('incident.shares', { what: `${kind ?? ''} ${key ?? ''}`.trim(), alert: sharedWith ?? '' })
    : call.t('incident.moved', { incident: movedFrom, by: movedBy ?? '-' });
}

export async function update(call: Call): Promise<ExitCode> {
  const number = numberIn(call, call.operand('INCIDENT'));
  const assignee = call.option('assign');
  if (assignee !== undefined && call.flag('unassign')) throw usage(call, 'incident.update.both');
  const tags = call.list('tag');
  const named = {
    status: call.option('status'),
    assignedTo: call.flag('unassign') ? null : assignee,
    classification: call.option('classification'),
    determination: call.option('determination'),
    severity: call.option('severity'),
    name: call.option('name'),
    tags: tags.length > 0 ? tags : undefined,
    comment: call.option('comment'),
  };
  const body = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  if (Object.keys(body).length === 0) throw usage(call, 'incident.update.nothing');
  const sentence = call.t('incident.update.done', { incident: number });
  await doAndSay(call, { method: 'PATCH', path: at`/incidents/${String(number)}`, options: { body } }, sentence);
  return exitCodes.ok;
}

function usage(call: Call, key: 'incident.update.both' | 'incident.update.nothing' | 'incident.merge.two'): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', call.t(key));
}

export async function merge(call: Call): Promise<ExitCode> {
  const incidentIds = [...new Set(call.repeated().map((text) => numberIn(call, text)))];
  if (incidentIds.length < 2) throw usage(call, 'incident.merge.two');
  await confirm(call, call.t('incident.merge.question', { incidents: incidentIds.join(', ') }));
  await regroup(call, '/incidents/merge', { incidentIds }, 'incident.merge.done');
  return exitCodes.ok;
}

export async function split(call: Call): Promise<ExitCode> {
  const into = call.option('into');
  const incidentId = into === undefined ? null : numberIn(call, into);
  await regroup(call, '/incidents/move-alerts', { alertIds: call.repeated(), incidentId }, 'incident.split.done');
  return exitCodes.ok;
}

async function regroup(
  call: Call,
  path: string,
  members: Readonly<Record<string, unknown>>,
  done: 'incident.merge.done' | 'incident.split.done',
): Promise<void> {
  const body = { ...members, comment: call.option('comment') ?? null };
  const answer = await call.api().call<{ readonly incidentId: number }>('POST', path, { body });
  if (call.isJson) call.json(answer);
  else call.say(call.t(done, { incident: answer.incidentId }));
}
