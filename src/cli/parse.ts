// From what was typed to a command and its checked arguments. Nothing is guessed: what does not fit is refused with
// what would.
import { parseArgs } from 'node:util';
import { type Arguments, CliProblem, type Command, type OptionSpec } from './command.ts';
import { commands, findCommand, isGroup } from './command-list.ts';
import { exitCodes } from './exit-codes.ts';
import { globalOptions } from './specs/shared.ts';
import type { Translate } from './text.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly words: readonly string[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command; readonly given: Arguments };

/** Reads the words after `sallyport`. Throws CliProblem(usage). */
export function parseCommandLine(argv: readonly string[], t: Translate): Parsed {
  const { words, rest } = splitWords(argv);
  const [first] = words;
  const beforeTerminator = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (first === 'help') return { kind: 'help', words: words.slice(1) };
  if (beforeTerminator.some((argument) => argument === '--help' || argument === '-h')) return { kind: 'help', words };
  if (first === 'version' || (first === undefined && beforeTerminator.includes('--version'))) {
    return { kind: 'version' };
  }
  if (first === undefined) {
    const [stray] = beforeTerminator.filter((argument) => !isGlobal(argument));
    if (stray?.startsWith('-')) throw unknownOption(stray, globalOptions, undefined, t);
    return { kind: 'help', words: [] };
  }
  const command = findCommand(words);
  if (!command) throw unknownCommand(words, t);
  return { kind: 'run', command, given: parseArguments(command, rest, t) };
}

function isGlobal(argument: string): boolean {
  const name = argument.replace(/^--/, '').replace(/=.*$/, '');
  return argument.startsWith('--') && globalOptions.some((option) => option.name === name);
}

/** The language asked for on the command line, before anything is parsed: errors of parsing are told in it too. */
export function findLanguageOption(argv: readonly string[]): string | undefined {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  for (const [index, argument] of argv.slice(0, end).entries()) {
    if (argument.startsWith('--lang=')) return argument.slice('--lang='.length);
    if (argument === '--lang') return argv[index + 1];
  }
  return undefined;
}

/** The command's one or two words (after `help` any number), and everything else in its order. */
function splitWords(argv: readonly string[]): { words: string[]; rest: string[] } {
  const words: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    if (argument === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    if (argument.startsWith('-') && argument !== '-') {
      rest.push(argument);
      const next = argv[index + 1];
      if ((argument === '--profile' || argument === '--lang') && next !== undefined) rest.push(argv[++index] ?? '');
    } else if (words.length < wordsWanted(words[0])) words.push(argument);
    else rest.push(argument);
  }
  return { words, rest };
}

function wordsWanted(first: string | undefined): number {
  if (first === undefined) return 1;
  if (first === 'help') return Number.POSITIVE_INFINITY;
  return isGroup(first) ? 2 : 1;
}

function parseArguments(command: Command, rest: readonly string[], t: Translate): Arguments {
  const specs = [...(command.options ?? []), ...globalOptions];
  const { tokens } = parseArgs({
    args: [...rest],
    options: Object.fromEntries(specs.map(({ name, value }) => [name, { type: value ? 'string' : 'boolean' }])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = specs.find((each) => each.name === token.name);
    if (!spec || !token.rawName.startsWith('--')) throw unknownOption(token.rawName, specs, command, t);
    const value = checkedValue(spec, token, command, t);
    const earlier = options.get(spec.name);
    if (earlier && !spec.repeated) throw usage(t('usage.givenTwice', { option: token.rawName }), command, t);
    options.set(spec.name, [...(earlier ?? []), value]);
  }
  return { operands: assignOperands(command, positionals, t), options };
}

function checkedValue(
  spec: OptionSpec,
  token: { readonly rawName: string; readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
  command: Command,
  t: Translate,
): string {
  const option = token.rawName;
  if (!spec.value) {
    if (token.value !== undefined) throw usage(t('usage.noValue', { option }), command, t);
    return 'true';
  }
  // What looks like the next option is more often a forgotten value than a value; `--name=-x` says it is one.
  if (!token.value || (!token.inlineValue && /^-./.test(token.value))) {
    throw usage(t('usage.valueMissing', { option, value: spec.value }), command, t);
  }
  if (spec.oneOf && !spec.oneOf.includes(token.value)) {
    throw usage(t('usage.oneOf', { option, values: spec.oneOf.join(', ') }), command, t);
  }
  return token.value;
}

function assignOperands(command: Command, positionals: readonly string[], t: Translate): Map<string, string> {
  const specs = command.operands ?? [];
  const extra = positionals[specs.length];
  if (extra !== undefined) throw usage(t('usage.tooMany', { operand: extra }), command, t);
  const operands = new Map<string, string>();
  for (const [index, spec] of specs.entries()) {
    const value = positionals[index];
    if (value !== undefined && value !== '') operands.set(spec.name, value);
    else if (!spec.optional) throw usage(t('usage.operandMissing', { operand: spec.name }), command, t);
  }
  return operands;
}

function usage(message: string, command: Command, t: Translate): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', message, [
    t('usage.usage', { usage: usageLine(command) }),
    t('usage.more', { command: `sallyport help ${command.words.join(' ')}` }),
  ]);
}

/** `sallyport token revoke TOKEN [--yes]`, without the options that every command takes. */
export function usageLine(command: Command): string {
  const operands = (command.operands ?? []).map(({ name, optional }) => (optional ? `[${name}]` : name));
  const options = (command.options ?? []).map(
    ({ name, value, repeated }) => `[--${name}${value ? ` ${value}` : ''}]${repeated ? '…' : ''}`,
  );
  return ['sallyport', ...command.words, ...operands, ...options].join(' ');
}

function unknownOption(
  rawName: string,
  specs: readonly OptionSpec[],
  command: Command | undefined,
  t: Translate,
): CliProblem {
  const names = specs.map(({ name }) => `--${name}`);
  const nearest = findNearest(rawName, names);
  return new CliProblem(exitCodes.usage, 'unknown-option', t('usage.unknownOption', { option: rawName }), [
    ...(nearest ? [t('usage.didYouMean', { suggestion: nearest })] : []),
    t('usage.optionsAre', { options: names.join(', ') }),
    ...(command ? [t('usage.more', { command: `sallyport help ${command.words.join(' ')}` })] : []),
  ]);
}

/** For words that are no command, or a group's name alone. */
export function unknownCommand(words: readonly string[], t: Translate): CliProblem {
  const [first = '', second] = words;
  const more = t('usage.more', { command: isGroup(first) ? `sallyport help ${first}` : 'sallyport help' });
  if (isGroup(first) && second === undefined) {
    const following = commands.filter((command) => command.words[0] === first).map((command) => command.words[1] ?? '');
    const message = t('usage.subcommandMissing', { command: first, subcommands: following.join(', ') });
    return new CliProblem(exitCodes.usage, 'usage', message, [more]);
  }
  const typed = words.join(' ');
  const whole = commands.map((command) => command.words.join(' '));
  const nearest = findNearest(typed, isGroup(first) ? whole : [...new Set(commands.map(({ words }) => words[0]))]);
  return new CliProblem(exitCodes.usage, 'unknown-command', t('usage.unknownCommand', { command: typed }), [
    ...(nearest ? [t('usage.didYouMean', { suggestion: `sallyport ${nearest}` })] : []),
    more,
  ]);
}

/** The candidate that differs least from what was typed; undefined when none is near. */
export function findNearest(typed: string, candidates: readonly string[]): string | undefined {
  const short = typed.slice(0, 60).toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(short, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (!best) return undefined;
  return best.distance <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements, one each. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
