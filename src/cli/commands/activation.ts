// Activating an eligible role, ending that, and deciding on the requests of others.
import { askLine } from '../ask.ts';
import { ApiProblem, at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showList, when, word } from '../show.ts';
import { durationText } from '../times.ts';
import type { Page, WireActivation, WireOwnRole, WireRequestedActivation } from '../wire.ts';
import { durationOption } from './role.ts';

export async function mine(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireOwnRole>(call, {
    path: '/me/roles',
    columns: [
      { heading: t('table.role'), cell: ({ role }) => role.displayName },
      { heading: t('table.key'), cell: ({ role }) => role.key },
      { heading: t('table.kind'), cell: ({ kind }) => word(call, kind) },
      { heading: t('table.state'), cell: ({ state }) => word(call, state) },
      { heading: t('table.until'), cell: (role) => when(call, role.activeUntil ?? role.endsAt) },
      { heading: t('role.mine.takes'), cell: (role) => demandsOf(call, role) },
    ],
  });
  return exitCodes.ok;
}

/** What activating it takes: `at most 8h, justification, second factor`. */
function demandsOf(call: Call, role: WireOwnRole): string {
  if (role.kind !== 'eligible') return '-';
  const demands = [call.t('role.mine.atMost', { duration: durationText(role.activationSecondsMax) })];
  if (role.requiresJustification) demands.push(call.t('role.mine.justification'));
  if (role.requiresSecondFactor) demands.push(call.t('table.secondFactor'));
  if (role.requiresApproval) demands.push(call.t('role.mine.approval'));
  return demands.join(', ');
}

/** A role may be named by its key, its id or its display name, in any case. */
function isNamed(role: WireOwnRole['role'], name: string): boolean {
  const wanted = name.toLowerCase();
  return [role.id, role.key, role.displayName].some((each) => each.toLowerCase() === wanted);
}

async function myRoles(call: Call, name: string): Promise<readonly WireOwnRole[]> {
  const { items } = await call.api().call<Page<WireOwnRole>>('GET', '/me/roles');
  return items.filter(({ role }) => isNamed(role, name));
}

export async function activate(call: Call): Promise<ExitCode> {
  const name = call.operand('ROLE');
  const chosen = await chooseEligible(call, name);
  const justification =
    call.option('justification') ??
    (chosen.requiresJustification
      ? await askLine(call, 'role.activate.askJustification', 'role.activate.useJustification')
      : undefined);
  const body = {
    ...(call.option('assignment') === undefined ? { role: chosen.role.key } : { assignmentId: chosen.assignmentId }),
    durationSeconds: durationOption(call, 'for') ?? chosen.activationSecondsMax,
    justification,
    code: call.option('code'),
  };
  const answer = await activateWithCode(call, body);
  if (call.isJson) call.json(answer);
  else if (answer.status === 'pending') {
    call.say(call.t('role.activate.pending', { role: chosen.role.displayName, id: answer.id }));
  } else call.say(call.t('role.activate.done', { role: chosen.role.displayName, until: when(call, answer.endsAt) }));
  return exitCodes.ok;
}

/** The server says when a second factor is needed; a person at a terminal is then asked for the code. */
async function activateWithCode(
  call: Call,
  body: { readonly code: string | undefined },
): Promise<WireRequestedActivation> {
  const request = (code: string | undefined) =>
    call.api().call<WireRequestedActivation>('POST', '/me/role-activations', { body: { ...body, code } });
  try {
    return await request(body.code);
  } catch (error) {
    const isCodeMissing = error instanceof ApiProblem && error.problem.code === 'second-factor-required';
    if (!isCodeMissing || body.code !== undefined || !call.terminal.isInputTty) throw error;
    return request(await askLine(call, 'secondFactor.askCode', 'login.useCode'));
  }
}

async function chooseEligible(call: Call, name: string): Promise<WireOwnRole> {
  const assignment = call.option('assignment');
  const named = await myRoles(call, name);
  const eligible = named.filter(
    (role) => role.kind === 'eligible' && (assignment === undefined || role.assignmentId === assignment),
  );
  const [chosen] = eligible.filter(({ state }) => state === 'eligible').concat(eligible);
  if (chosen) return chosen;
  const hint = call.t('role.activate.seeMine');
  const isPermanent = named.some((role) => role.kind === 'permanent');
  const message = call.t(isPermanent ? 'role.activate.permanent' : 'role.activate.notEligible', { role: name });
  throw new CliProblem(isPermanent ? exitCodes.conflict : exitCodes.notFound, 'not-eligible', message, [hint]);
}

/** Ends one's own activation of a role; anything else is taken as the id of an activation. */
export async function deactivate(call: Call): Promise<ExitCode> {
  const which = call.operand('ROLE|REQUEST');
  const own = (await myRoles(call, which)).find(({ activationId }) => activationId);
  const sentence = call.t('role.deactivate.done', { role: own?.role.displayName ?? which });
  if (own?.activationId) {
    await doAndSay(call, { method: 'DELETE', path: at`/me/role-activations/${own.activationId}` }, sentence);
  } else {
    await doAndSay(call, { method: 'POST', path: at`/role-activations/${which}/end` }, sentence);
  }
  return exitCodes.ok;
}

export async function requests(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireActivation>(call, {
    path: '/role-activations',
    query: { status: call.option('status'), user: call.option('user') },
    columns: [
      { heading: t('table.user'), cell: (each) => each.user.userName },
      { heading: t('table.role'), cell: (each) => each.role.displayName },
      { heading: t('table.state'), cell: (each) => word(call, each.status) },
      { heading: t('table.until'), cell: (each) => when(call, each.endsAt) },
      { heading: t('role.requests.justification'), cell: (each) => each.justification || '-' },
      { heading: t('table.id'), cell: (each) => each.id },
    ],
  });
  return exitCodes.ok;
}

async function decide(call: Call, verdict: 'approve' | 'deny'): Promise<ExitCode> {
  const id = call.operand('REQUEST');
  const justification =
    call.option('justification') ??
    (await askLine(call, 'role.activate.askJustification', 'role.activate.useJustification'));
  const request = {
    method: 'POST',
    path: at`/role-activations/${id}/${verdict}`,
    options: { body: { justification } },
  };
  await doAndSay(call, request, call.t(`role.${verdict}.done`, { id }));
  return exitCodes.ok;
}

export const approve = (call: Call): Promise<ExitCode> => decide(call, 'approve');
export const deny = (call: Call): Promise<ExitCode> => decide(call, 'deny');
