// Custom detections: rules made from files, switched, tried and run; what became of their runs.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { readQueryFile } from '../query-text.ts';
import { doAndSay, findNamed, isId, showBlock, showList, when, word } from '../show.ts';
import { utcTime } from '../times.ts';
import type { WireDetectionDryRun, WireDetectionRule, WireDetectionRun } from '../wire.ts';

const path = '/custom-detections';
/** The server stops a query after three minutes, if nothing else is set. */
const idleSecondsMax = 3700;

function state(call: Call, { isEnabled }: WireDetectionRule): string {
  return word(call, isEnabled ? 'enabled' : 'disabled');
}

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireDetectionRule>(call, {
    path,
    query: { search: call.option('search') },
    columns: [
      { heading: t('table.name'), cell: ({ displayName }) => displayName },
      { heading: t('table.state'), cell: (rule) => state(call, rule) },
      { heading: t('detection.period'), cell: ({ schedule }) => schedule.period },
      { heading: t('detection.lastRun'), cell: ({ lastRunDetails }) => timeOrDash(lastRunDetails.lastRunDateTime) },
      { heading: t('table.status'), cell: ({ lastRunDetails }) => lastRunDetails.status ?? '-' },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

function timeOrDash(iso: string | null): string {
  return iso === null ? '-' : utcTime(iso);
}

/** The rule that the operand names, by id or exact name. */
async function named(call: Call): Promise<WireDetectionRule> {
  const operand = call.operand('RULE');
  if (isId(operand)) return await call.api().call<WireDetectionRule>('GET', at`/custom-detections/${operand}`);
  return await findNamed<WireDetectionRule>(call, path, operand, ({ displayName }) => displayName);
}

export async function show(call: Call): Promise<ExitCode> {
  const rule = await named(call);
  const { schedule, lastRunDetails: last, detectionAction, queryCondition } = rule;
  const { alertTemplate } = detectionAction;
  showBlock(call, rule, [
    ['table.name', rule.displayName],
    ['table.id', rule.id],
    ['table.state', state(call, rule)],
    ['detection.period', schedule.period],
    ['detection.nextRun', when(call, schedule.nextRunDateTime)],
    ['detection.lastRun', `${when(call, last.lastRunDateTime)} ${last.status ?? ''}`.trim()],
    ...(last.failureReason === null ? [] : [['detection.reason', last.failureReason] as const]),
    ['detection.title', alertTemplate.title],
    ['policy.severity', `${alertTemplate.severity} / ${alertTemplate.category}`],
    ['policy.changed', `${when(call, rule.lastModifiedDateTime)} ${rule.lastModifiedBy}`],
  ]);
  if (!call.isJson) for (const line of ['', ...queryCondition.queryText.split(/\r?\n/)]) call.say(line);
  return exitCodes.ok;
}

/** A rule as a file holds it: one JSON object. */
async function readRule(call: Call, file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readQueryFile(file, call.terminal));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliProblem(exitCodes.usage, 'usage', call.t('detection.badFile', { file, reason }));
  }
  throw new CliProblem(exitCodes.usage, 'usage', call.t('detection.badFile', { file, reason: 'JSON {…}' }));
}

export async function create(call: Call): Promise<ExitCode> {
  const body = await readRule(call, call.operand('FILE'));
  const made = await call.api().call<WireDetectionRule>('POST', path, { body, idleSecondsMax });
  if (call.isJson) call.json(made);
  else call.say(call.t('detection.create.done', { name: made.displayName, id: made.id }));
  return exitCodes.ok;
}

export async function update(call: Call): Promise<ExitCode> {
  const body = await readRule(call, call.operand('FILE'));
  return await patch(call, body, 'detection.update.done');
}

export async function enable(call: Call): Promise<ExitCode> {
  return await patch(call, { isEnabled: true }, 'detection.enable.done');
}

export async function disable(call: Call): Promise<ExitCode> {
  return await patch(call, { isEnabled: false }, 'detection.disable.done');
}

async function patch(
  call: Call,
  body: Record<string, unknown>,
  done: 'detection.update.done' | 'detection.enable.done' | 'detection.disable.done',
): Promise<ExitCode> {
  const { id, displayName } = await named(call);
  const request = { method: 'PATCH', path: at`/custom-detections/${id}`, options: { body, idleSecondsMax } };
  await doAndSay(call, request, call.t(done, { name: displayName }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const { id, displayName } = await named(call);
  await confirm(call, call.t('detection.delete.question', { name: displayName }));
  const request = { method: 'DELETE', path: at`/custom-detections/${id}` };
  await doAndSay(call, request, call.t('detection.delete.done', { name: displayName }));
  return exitCodes.ok;
}

/** Fails where the run failed, so that a script notices. */
export async function run(call: Call): Promise<ExitCode> {
  const { id } = await named(call);
  const answer = await call.api().call<WireDetectionRun>('POST', at`/custom-detections/${id}/run`, { idleSecondsMax });
  if (call.isJson) call.json(answer);
  else {
    const { status, rows, alerts, failureReason } = answer;
    call.say(call.t('detection.run.done', { status, rows, alerts }));
    if (failureReason !== null) call.note(failureReason);
  }
  return answer.status === 'failed' ? exitCodes.failed : exitCodes.ok;
}

export async function dryRun(call: Call): Promise<ExitCode> {
  const file = call.option('file');
  if ((call.operandIfGiven('RULE') === undefined) === (file === undefined)) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('detection.dryRun.one'));
  }
  const request =
    file === undefined
      ? { path: at`/custom-detections/${(await named(call)).id}/dry-run`, options: { idleSecondsMax } }
      : { path: `${path}/dry-run`, options: { body: await readRule(call, file), idleSecondsMax } };
  const answer = await call.api().call<WireDetectionDryRun>('POST', request.path, request.options);
  if (call.isJson) call.json(answer);
  else showDryRun(call, answer);
  return answer.errorCode !== null && answer.alerts === 0 ? exitCodes.failed : exitCodes.ok;
}

function showDryRun(
  call: Call,
  { rows, alerts, alreadyTold, from, until, samples, failureReason }: WireDetectionDryRun,
) {
  const span = { from: utcTime(from), until: utcTime(until) };
  call.say(call.t('detection.dryRun.done', { ...span, rows, alerts, told: alreadyTold }));
  for (const { lastActivity, severity, title, events } of samples) {
    call.say(`  ${utcTime(lastActivity)}  ${severity}  ${title} (${events})`);
  }
  if (failureReason !== null) call.note(failureReason);
}

export async function runs(call: Call): Promise<ExitCode> {
  const { t } = call;
  const { id } = await named(call);
  await showList<WireDetectionRun>(call, {
    path: at`/custom-detections/${id}/runs`,
    columns: [
      { heading: t('table.time'), cell: ({ startedAt }) => utcTime(startedAt) },
      { heading: t('table.status'), cell: ({ status }) => status },
      { heading: t('detection.rows'), cell: ({ rows }) => String(rows) },
      { heading: t('incident.alerts'), cell: ({ alerts }) => String(alerts) },
      { heading: t('detection.reason'), cell: ({ failureReason }) => failureReason ?? '-' },
    ],
  });
  return exitCodes.ok;
}
