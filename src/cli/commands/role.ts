// Which roles there are, who is assigned to them, and what activating them takes.
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showBlock, showList, when, word, yesNo } from '../show.ts';
import { durationText, parseDuration, parseMoment } from '../times.ts';
import type { Page, WireAssignment, WireRole, WireRoleSettings } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireRole>(call, {
    path: '/roles',
    columns: [
      { heading: t('table.key'), cell: (role) => role.key },
      { heading: t('table.displayName'), cell: (role) => role.displayName },
      { heading: t('whoami.fullAdministrator'), cell: (role) => yesNo(call, role.isFullAdministrator) },
      { heading: t('role.list.scopedBy'), cell: (role) => (role.scopedBy === 'nothing' ? '-' : role.scopedBy) },
    ],
  });
  return exitCodes.ok;
}

export async function assignments(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireAssignment>(call, {
    path: '/role-assignments',
    query: { user: call.option('user'), role: call.option('role') },
    columns: [
      { heading: t('table.user'), cell: (assignment) => assignment.user.userName },
      { heading: t('table.role'), cell: (assignment) => assignment.role.displayName },
      { heading: t('table.kind'), cell: (assignment) => word(call, assignment.kind) },
      { heading: t('table.starts'), cell: (assignment) => when(call, assignment.startsAt) },
      { heading: t('table.ends'), cell: (assignment) => when(call, assignment.endsAt) },
      { heading: t('role.assignments.groups'), cell: ({ groups }) => groups.join(', ') || '-' },
      { heading: t('table.id'), cell: (assignment) => assignment.id },
    ],
  });
  return exitCodes.ok;
}

export async function assign(call: Call): Promise<ExitCode> {
  const user = call.operand('USER');
  const role = call.operand('ROLE');
  const kind = call.flag('eligible') ? 'eligible' : 'permanent';
  const body = {
    ...{ user, role, kind, scope: scopeOf(call) },
    ...{ startsAt: momentOption(call, 'starts'), endsAt: momentOption(call, 'ends') },
  };
  const sentence = call.t('role.assign.done', { user, role, kind: word(call, kind) });
  await doAndSay(call, { method: 'POST', path: '/role-assignments', options: { body } }, sentence);
  return exitCodes.ok;
}

/** A point in time ahead, from an option; undefined when it was not given. */
export function momentOption(call: Call, option: string, direction: 'ahead' | 'back' = 'ahead'): string | undefined {
  const text = call.option(option);
  if (text === undefined) return undefined;
  const moment = parseMoment(text, Date.now(), direction);
  if (moment !== undefined) return moment;
  throw new CliProblem(exitCodes.usage, 'usage', call.t('usage.badTime', { option: `--${option}`, value: text }));
}

/** Seconds of an option that holds a duration; undefined when it was not given. */
export function durationOption(call: Call, option: string): number | undefined {
  const text = call.option(option);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new CliProblem(exitCodes.usage, 'usage', call.t('usage.badDuration', { option: `--${option}`, value: text }));
}

/** What part of the data the assignment reaches; undefined when no option cuts it. */
function scopeOf(call: Call): object | undefined {
  const instances = call.list('instance').map((text) => {
    const match = /^(\d{1,9}):(\d{1,9})$/.exec(text);
    if (!match) throw new CliProblem(exitCodes.usage, 'usage', call.t('role.assign.badInstance', { value: text }));
    return { appId: Number(match[1]), instance: Number(match[2]) };
  });
  const groupIds = call.list('group');
  const reportIds = call.list('report');
  if (instances.length + groupIds.length + reportIds.length === 0) return undefined;
  return { instances, groupIds, reportIds };
}

/** By the assignment's id, or by user and role when exactly one assignment fits. */
export async function unassign(call: Call): Promise<ExitCode> {
  const who = call.operand('USER|ASSIGNMENT');
  const role = call.operandIfGiven('ROLE');
  const id = role === undefined ? who : await findAssignment(call, who, role);
  const sentence =
    role === undefined ? call.t('role.unassign.doneId', { id }) : call.t('role.unassign.done', { user: who, role });
  await doAndSay(call, { method: 'DELETE', path: at`/role-assignments/${id}` }, sentence);
  return exitCodes.ok;
}

async function findAssignment(call: Call, user: string, role: string): Promise<string> {
  const query = { user, role };
  const { items } = await call.api().call<Page<WireAssignment>>('GET', '/role-assignments', { query });
  const [first, second] = items;
  if (!first) throw new CliProblem(exitCodes.notFound, 'not-found', call.t('role.unassign.none', { user, role }));
  if (second) {
    const ids = items.map((item) => `  ${item.id}  ${word(call, item.kind)}`);
    throw new CliProblem(exitCodes.conflict, 'ambiguous', call.t('role.unassign.several', { user, role }), ids);
  }
  return first.id;
}

/** Shows the settings, or changes those that an option names and shows the result. */
export async function settings(call: Call): Promise<ExitCode> {
  const path = at`/roles/${call.operand('ROLE')}/settings`;
  const body = settingsFromOptions(call);
  const isChange = Object.values(body).some((value) => value !== undefined);
  const result = await call.api().call<WireRoleSettings>(isChange ? 'PUT' : 'GET', path, isChange ? { body } : {});
  showBlock(call, result, [
    ['table.role', call.operand('ROLE')],
    ['role.settings.activationMax', durationText(result.activationSecondsMax)],
    ['role.settings.justification', yesNo(call, result.requiresJustification)],
    ['role.settings.secondFactor', yesNo(call, result.requiresSecondFactor)],
    ['role.settings.approval', yesNo(call, result.requiresApproval)],
    ['role.settings.approvers', result.approvers.map(({ userName }) => userName).join(', ') || call.t('words.none')],
  ]);
  return exitCodes.ok;
}

/** What the server is to change; what no option names is left out and stays as it is. */
function settingsFromOptions(call: Call): Partial<Record<keyof WireRoleSettings, unknown>> {
  const choice = (option: string): boolean | undefined => {
    const text = call.option(option);
    return text === undefined ? undefined : text === 'yes';
  };
  const approvers = call.list('approver');
  return {
    activationSecondsMax: durationOption(call, 'activation-max'),
    requiresJustification: choice('require-justification'),
    requiresSecondFactor: choice('require-second-factor'),
    requiresApproval: choice('require-approval'),
    approvers: approvers.length > 0 ? approvers : undefined,
  };
}
