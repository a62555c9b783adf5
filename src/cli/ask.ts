// Questions to the person at the terminal. Where nobody can answer, the command is refused with the option to use.
import { type Call, CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { TextKey, TextValues } from './text.ts';

/** Asks unless --yes was given. Throws when the answer is no, or when nobody is there to ask. */
export async function confirm(call: Call, question: string): Promise<void> {
  if (call.flag('yes')) return;
  if (!call.terminal.isInputTty) {
    throw new CliProblem(exitCodes.usage, 'confirmation-missing', question, [call.t('ask.addYes')]);
  }
  const answer = await call.terminal.readLine(`${question} ${call.t('ask.yesNo')} `);
  if (!/^y(es)?$/i.test(answer?.trim() ?? '')) {
    throw new CliProblem(exitCodes.failed, 'declined', call.t('ask.nothingDone'));
  }
}

/** `hint` says which option to use where nobody can be asked. */
export async function askLine(call: Call, prompt: TextKey, hint: TextKey): Promise<string> {
  const shown = call.t(prompt);
  refuseWithoutTty(call, shown, hint);
  const line = (await call.terminal.readLine(`${shown}: `))?.trim();
  if (!line) throw new CliProblem(exitCodes.failed, 'declined', call.t('ask.nothingDone'));
  return line;
}

/** The same without showing what is typed; blanks count. */
export async function askSecret(call: Call, prompt: TextKey, hint: TextKey, values: TextValues = {}): Promise<string> {
  const shown = call.t(prompt, values);
  refuseWithoutTty(call, shown, hint);
  const secret = await call.terminal.readSecret(`${shown}: `);
  if (!secret) throw new CliProblem(exitCodes.failed, 'declined', call.t('ask.nothingDone'));
  return secret;
}

/** A new password, typed twice. */
export async function askNewPassword(call: Call): Promise<string> {
  for (;;) {
    const first = await askSecret(call, 'ask.newPassword', 'ask.usePasswordStdin');
    if (first === (await askSecret(call, 'ask.newPasswordAgain', 'ask.usePasswordStdin'))) return first;
    call.note(call.t('ask.passwordsDiffer'));
  }
}

function refuseWithoutTty(call: Call, what: string, hint: TextKey): void {
  if (call.terminal.isInputTty) return;
  const message = call.t('ask.nobodyToAsk', { what });
  throw new CliProblem(exitCodes.usage, 'input-missing', message, [call.t(hint)]);
}
