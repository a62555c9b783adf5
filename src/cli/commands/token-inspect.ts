// Takes a token apart. Its value comes from the keyboard, a pipe or a file, never from the command line.
import { closeSync, openSync, readSync } from 'node:fs';
import { askSecret } from '../ask.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { when, word } from '../show.ts';
import { blockLines, type Column, tableLines } from '../table.ts';
import type { WireTokenInspection } from '../wire.ts';

type Endpoint = WireTokenInspection['endpoints'][number];

/** Longer than any token that a server takes. */
const valueBytesMax = 65_536;

export async function inspect(call: Call): Promise<ExitCode> {
  const value = await readValue(call);
  const answer = await call.api().call<WireTokenInspection>('POST', '/token-inspections', { body: { value } });
  if (call.isJson) call.json(answer);
  else showInspection(call, answer);
  return exitCodes.ok;
}

async function readValue(call: Call): Promise<string> {
  const file = call.operandIfGiven('FILE');
  if (file === undefined && call.terminal.isInputTty) {
    return await askSecret(call, 'token.inspect.ask', 'token.inspect.hint');
  }
  const text = file === undefined || file === '-' ? await readInput(call) : readFile(call, file);
  const value = text.trim();
  if (value === '') throw usage(call, 'input-missing', call.t('token.inspect.empty'));
  return value;
}

async function readInput(call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of call.terminal.input) {
    bytes += chunk.length;
    if (bytes > valueBytesMax) throw usage(call, 'too-long', call.t('token.inspect.tooLong'));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readFile(call: Call, file: string): string {
  // The problem must not repeat what was typed: it may be the token itself.
  if (/^(eyJ|slp[a-z]{2}[0-9A-Za-z])/.test(file)) {
    throw usage(call, 'value-on-command-line', call.t('token.inspect.onCommandLine'));
  }
  const bytes = Buffer.alloc(valueBytesMax + 1);
  let length = 0;
  try {
    const open = openSync(file, 'r');
    // A pipe gives what it has; a file of any size costs no more than this buffer.
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(open, bytes, { offset: length });
    closeSync(open);
  } catch {
    throw usage(call, 'unreadable', call.t('token.inspect.noFile', { file }));
  }
  if (length > valueBytesMax) throw usage(call, 'too-long', call.t('token.inspect.tooLong'));
  return bytes.toString('utf8', 0, length);
}

function usage(call: Call, code: string, message: string): CliProblem {
  return new CliProblem(exitCodes.usage, code, message, [call.t('token.inspect.hint')]);
}

function showInspection(call: Call, answer: WireTokenInspection): void {
  const { t } = call;
  call.say(printable(answer.summary));
  const facts = factsOf(call, answer);
  const blocks = [
    blockLines(facts),
    ...(answer.header ? [[t('token.inspect.header'), ...jsonLines(answer.header)]] : []),
    ...(answer.claims ? [[t('token.inspect.claims'), ...jsonLines(answer.claims)]] : []),
    ...(answer.checks.length > 0 ? [[t('token.inspect.checks'), ...checkLines(call, answer)]] : []),
    ...(answer.endpoints.length > 0 ? [[t('token.inspect.endpoints'), ...endpointLines(call, answer)]] : []),
  ];
  for (const lines of blocks.filter((each) => each.length > 0)) {
    for (const line of ['', ...lines]) call.say(printable(line));
  }
}

function factsOf(call: Call, { signature, times, tenant, roles, scopes, permissions }: WireTokenInspection) {
  const { t } = call;
  const facts: [string, string][] = [];
  if (signature) facts.push([t('token.inspect.signature'), `${word(call, signature.state)}. ${signature.detail}`]);
  if (times) {
    facts.push([t('token.inspect.issued'), when(call, times.issuedAt)]);
    facts.push([t('token.inspect.validFrom'), when(call, times.notBefore)]);
    facts.push([t('table.ends'), `${when(call, times.expiresAt)}: ${word(call, times.state)}`]);
  }
  if (tenant) facts.push([t('table.tenant'), tenant.displayName ? `${tenant.displayName} (${tenant.id})` : tenant.id]);
  if (roles.length > 0) facts.push([t('token.inspect.carries'), `roles: ${roles.join(', ')}`]);
  if (scopes.length > 0) facts.push([t('token.inspect.carries'), `scp: ${scopes.join(', ')}`]);
  if (permissions) facts.push([t('token.inspect.inForce'), permissions.join(', ') || t('words.none')]);
  return facts;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not reach a terminal.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** What a foreign token holds must neither command the terminal nor turn the order of what is read. */
function printable(line: string): string {
  return line.replace(unprintable, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function jsonLines(value: unknown): string[] {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => `  ${line}`);
}

function checkLines(call: Call, { checks }: WireTokenInspection): string[] {
  const columns: Column<WireTokenInspection['checks'][number]>[] = [
    { heading: call.t('explain.check'), cell: ({ check }) => check },
    { heading: call.t('table.outcome'), cell: ({ outcome }) => word(call, outcome) },
    { heading: call.t('explain.detail'), cell: ({ detail }) => detail },
  ];
  return tableLines(columns, checks);
}

/** A surface of which all calls fare the same is one line. */
function endpointLines(call: Call, { endpoints }: WireTokenInspection): string[] {
  const { t } = call;
  const rows = [...Map.groupBy(endpoints, ({ surface }) => surface).values()].flatMap((calls) => {
    const [first] = calls;
    const isUniform = first && calls.length > 1 && calls.every(({ why }) => why === first.why);
    return isUniform ? [{ ...first, method: '', path: t('token.inspect.allCalls') }] : calls;
  });
  const columns: Column<Endpoint>[] = [
    { heading: t('token.inspect.surface'), cell: ({ surface }) => surface },
    { heading: t('token.inspect.call'), cell: ({ method, path }) => `${method} ${path}`.trim() },
    { heading: t('table.outcome'), cell: ({ outcome }) => word(call, outcome) },
    { heading: t('token.inspect.why'), cell: ({ why }) => why },
  ];
  return tableLines(columns, rows);
}
