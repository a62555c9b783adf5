// A person's own secrets: password, second factor, recovery codes.
import { askLine, askNewPassword, askSecret, confirm as confirmFirst } from '../ask.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay } from '../show.ts';
import { readInputLines } from '../terminal.ts';
import type { TextKey } from '../text.ts';
import type { WireRecoveryCodes, WireStartedSecondFactor } from '../wire.ts';
import { codeMember } from './login.ts';

export async function changePassword(call: Call): Promise<ExitCode> {
  let currentPassword: string | undefined;
  let newPassword: string | undefined;
  if (call.flag('password-stdin')) {
    [currentPassword, newPassword] = await readInputLines(call.terminal.input, 2);
    if (!currentPassword || !newPassword) {
      throw new CliProblem(exitCodes.usage, 'password-missing', call.t('password.linesMissing'));
    }
  } else {
    currentPassword = await askSecret(call, 'password.askCurrent', 'ask.usePasswordStdin');
    newPassword = await askNewPassword(call);
  }
  const options = { body: { currentPassword, newPassword } };
  await doAndSay(call, { method: 'POST', path: '/me/password', options }, call.t('password.done'));
  return exitCodes.ok;
}

/** Nobody may add a factor to a session that was left open: the server asks for the password when it is not fresh. */
async function passwordIfAsked(call: Call): Promise<string | undefined> {
  if (!call.terminal.isInputTty) return undefined;
  return askSecret(call, 'password.askCurrent', 'ask.usePasswordStdin');
}

/** Shows the secret; a person at a terminal goes on to confirm it at once. */
export async function enrol(call: Call): Promise<ExitCode> {
  const currentPassword = call.flag('password-stdin')
    ? (await readInputLines(call.terminal.input, 1))[0]
    : await passwordIfAsked(call);
  const body = { currentPassword };
  const answer = await call.api().call<WireStartedSecondFactor>('POST', '/me/second-factor', { body });
  if (call.isJson) call.json(answer);
  else {
    call.say(call.t('secondFactor.enrol.intro'));
    call.say(`  ${call.t('secondFactor.enrol.secret')}  ${answer.secret}`);
    call.say(`  ${answer.uri}`);
    if (call.terminal.isInputTty) return confirm(call);
    call.note(call.t('secondFactor.enrol.next'));
  }
  return exitCodes.ok;
}

export async function confirm(call: Call): Promise<ExitCode> {
  const body = { code: await codeOf(call) };
  return showRecoveryCodes(call, '/me/second-factor/confirmation', body, 'secondFactor.confirm.done');
}

export async function renewCodes(call: Call): Promise<ExitCode> {
  const body = codeMember(await codeOf(call));
  return showRecoveryCodes(call, '/me/recovery-codes', body, 'secondFactor.codes.done');
}

async function showRecoveryCodes(call: Call, path: string, body: object, sentence: TextKey): Promise<ExitCode> {
  const answer = await call.api().call<WireRecoveryCodes>('POST', path, { body });
  if (call.isJson) call.json(answer);
  else {
    call.say(call.t(sentence));
    for (const code of answer.recoveryCodes) call.say(`  ${code}`);
    call.note(call.t('secondFactor.codes.once'));
  }
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  await confirmFirst(call, call.t('secondFactor.remove.question'));
  const options = { body: codeMember(await codeOf(call)) };
  const sentence = call.t('secondFactor.remove.done');
  await doAndSay(call, { method: 'DELETE', path: '/me/second-factor', options }, sentence);
  return exitCodes.ok;
}

async function codeOf(call: Call): Promise<string> {
  // `enrol` goes on to confirm and has no such operand.
  return call.operandIfGiven('CODE') ?? (await askLine(call, 'secondFactor.askCode', 'secondFactor.giveCode'));
}
