// A block script of the organisation, for an appliance.
import { writeFileSync } from 'node:fs';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

interface WireBlockScript {
  readonly fileName: string;
  readonly text: string;
}

export async function blockScript(call: Call): Promise<ExitCode> {
  const format = call.option('format');
  if (format === undefined) throw new CliProblem(exitCodes.usage, 'usage', call.t('blockScript.noFormat'));
  const type = call.option('type') ?? 'banned';
  const script = await call.api().call<WireBlockScript>('GET', '/discovery/block-script', { query: { format, type } });
  const file = call.option('output');
  if (file !== undefined) write(call, file, script.text);
  if (call.isJson) call.json(file === undefined ? script : { fileName: file });
  else if (script.text === '')
    call.note(call.t(type === 'banned' ? 'blockScript.noneBanned' : 'blockScript.noneAllowed'));
  else if (file === undefined) call.say(script.text.replace(/\n$/, ''));
  else call.note(call.t('blockScript.written', { file }));
  return exitCodes.ok;
}

function write(call: Call, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliProblem(exitCodes.failed, 'not-written', call.t('blockScript.notWritten', { file, reason }));
  }
}
