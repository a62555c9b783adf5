// The people of the tenant.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showBlock, showList, when, word, yesNo } from '../show.ts';
import { readInputLines } from '../terminal.ts';
import type { TextKey } from '../text.ts';
import type { WireUser, WireUserWithPassword } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireUser>(call, {
    path: '/users',
    query: { status: call.option('status'), search: call.option('search') },
    columns: [
      { heading: t('table.userName'), cell: (user) => user.userName },
      { heading: t('table.displayName'), cell: (user) => user.displayName },
      { heading: t('table.status'), cell: (user) => word(call, user.status) },
      { heading: t('table.roles'), cell: (user) => rolesOf(call, user) },
      { heading: t('table.secondFactor'), cell: (user) => yesNo(call, user.hasSecondFactor) },
      { heading: t('table.lastSignIn'), cell: (user) => when(call, user.lastSignInAt) },
    ],
  });
  return exitCodes.ok;
}

function rolesOf(call: Call, { roles }: WireUser): string {
  return roles
    .map((role) => (role.state === 'active' ? role.displayName : `${role.displayName} (${word(call, role.state)})`))
    .join(', ');
}

export async function create(call: Call): Promise<ExitCode> {
  const userName = call.operand('USER-NAME');
  const displayName = call.option('display-name') ?? userName.replace(/@.*$/, '');
  const password = call.flag('password-stdin') ? await passwordFromInput(call) : undefined;
  const body = { userName, displayName, password };
  const answer = await call.api().call<WireUserWithPassword>('POST', '/users', { body });
  if (call.isJson) call.json(answer);
  else {
    call.say(call.t('user.create.done', { user: answer.user.userName }));
    if (answer.oneTimePassword) sayOneTimePassword(call, answer.oneTimePassword);
  }
  return exitCodes.ok;
}

async function passwordFromInput(call: Call): Promise<string> {
  const [password] = await readInputLines(call.terminal.input, 1);
  if (!password) throw new CliProblem(exitCodes.usage, 'password-missing', call.t('login.passwordMissing'));
  return password;
}

function sayOneTimePassword(call: Call, password: string): void {
  call.say(call.t('user.oneTimePassword', { password }));
  call.note(call.t('user.oneTimePasswordHint'));
}

export async function show(call: Call): Promise<ExitCode> {
  const user = await call.api().call<WireUser>('GET', at`/users/${call.operand('USER')}`);
  showBlock(call, user, [
    ['table.userName', user.userName],
    ['table.displayName', user.displayName],
    ['table.id', user.id],
    ['table.status', word(call, user.status)],
    ['table.roles', rolesOf(call, user) || call.t('words.none')],
    ['table.secondFactor', yesNo(call, user.hasSecondFactor)],
    ['table.created', when(call, user.createdAt)],
    ['table.lastSignIn', when(call, user.lastSignInAt)],
  ]);
  return exitCodes.ok;
}

export async function rename(call: Call): Promise<ExitCode> {
  const user = call.operand('USER');
  const displayName = call.operand('DISPLAY-NAME');
  const request = { method: 'PATCH', path: at`/users/${user}`, options: { body: { displayName } } };
  await doAndSay(call, request, call.t('user.rename.done', { user, displayName }));
  return exitCodes.ok;
}

async function change(call: Call, act: string, sentence: TextKey): Promise<ExitCode> {
  const user = call.operand('USER');
  await doAndSay(call, { method: 'POST', path: at`/users/${user}/${act}` }, call.t(sentence, { user }));
  return exitCodes.ok;
}

export const disable = (call: Call): Promise<ExitCode> => change(call, 'disable', 'user.disable.done');
export const enable = (call: Call): Promise<ExitCode> => change(call, 'enable', 'user.enable.done');
export const restore = (call: Call): Promise<ExitCode> => change(call, 'restore', 'user.restore.done');
export const endSessions = (call: Call): Promise<ExitCode> => change(call, 'end-sessions', 'user.endSessions.done');

export async function remove(call: Call): Promise<ExitCode> {
  const user = call.operand('USER');
  await confirm(call, call.t('user.delete.question', { user }));
  await doAndSay(call, { method: 'DELETE', path: at`/users/${user}` }, call.t('user.delete.done', { user }));
  return exitCodes.ok;
}

export async function resetPassword(call: Call): Promise<ExitCode> {
  const user = call.operand('USER');
  await confirm(call, call.t('user.resetPassword.question', { user }));
  const answer = await call.api().call<WireUserWithPassword>('POST', at`/users/${user}/reset-password`);
  if (call.isJson) call.json(answer);
  else {
    call.say(call.t('user.resetPassword.done', { user }));
    if (answer.oneTimePassword) sayOneTimePassword(call, answer.oneTimePassword);
  }
  return exitCodes.ok;
}

export async function resetSecondFactor(call: Call): Promise<ExitCode> {
  await confirm(call, call.t('user.resetSecondFactor.question', { user: call.operand('USER') }));
  return change(call, 'reset-second-factor', 'user.resetSecondFactor.done');
}
