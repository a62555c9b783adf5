// From what was typed to a command and its checked arguments. Nothing is guessed: what does not fit is refused with
// what would.
import { parseArgs } from 'node:util';
import { type Arguments, CliProblem, type Command, type OptionSpec } from './command.ts';
import { commands, findCommand, groupSummaries, isGroup } from './command-list.ts';
import { exitCodes } from './exit-codes.ts';
import { findNearest } from './nearest.ts';
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

/** The command's one to three words (after `help` any number), and everything else in its order. */
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
    } else if (words.length < wordsWanted(words) || isNamed([...words, argument])) words.push(argument);
    else rest.push(argument);
  }
  return { words, rest };
}

/** A command may have others below it, alone or in groups: `siem-agent` and `siem-agent list`, `hunt` and `hunt saved list`. */
function isNamed(words: readonly string[]): boolean {
  return isGroup(words) || (words.length > 1 && findCommand(words) !== undefined);
}

/** After a group's words comes one more. */
function wordsWanted(words: readonly string[]): number {
  if (words.length === 0) return 1;
  if (words[0] === 'help') return Number.POSITIVE_INFINITY;
  return isGroup(words) ? words.length + 1 : words.length;
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
  return { ...assignOperands(command, positionals, t), options };
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

function assignOperands(
  command: Command,
  positionals: readonly string[],
  t: Translate,
): Pick<Arguments, 'operands' | 'repeated'> {
  const specs = command.operands ?? [];
  const hasRepeated = specs.at(-1)?.repeated === true;
  const extra = positionals[specs.length];
  if (extra !== undefined && !hasRepeated) throw usage(t('usage.tooMany', { operand: extra }), command, t);
  const operands = new Map<string, string>();
  for (const [index, spec] of specs.entries()) {
    const value = positionals[index];
    if (value !== undefined && value !== '') operands.set(spec.name, value);
    else if (!spec.optional) throw usage(t('usage.operandMissing', { operand: spec.name }), command, t);
  }
  const repeated = hasRepeated ? positionals.slice(specs.length - 1).filter((value) => value !== '') : [];
  return { operands, repeated };
}

function usage(message: string, command: Command, t: Translate): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', message, [
    t('usage.usage', { usage: usageLine(command) }),
    t('usage.more', { command: `sallyport help ${command.words.join(' ')}` }),
  ]);
}

/** `sallyport token revoke TOKEN [--yes]`, without the options that every command takes. */
export function usageLine(command: Command): string {
  const operands = (command.operands ?? []).map(
    ({ name, optional, repeated }) => (optional ? `[${name}]` : name) + (repeated ? '…' : ''),
  );
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
  const group = groupOf(words);
  const more = t('usage.more', { command: ['sallyport help', ...group].join(' ') });
  const ofGroup = commands.filter((command) => group.every((word, index) => command.words[index] === word));
  if (group.length > 0 && group.length === words.length) {
    const following = [...new Set(ofGroup.map((command) => command.words[group.length] ?? ''))];
    const message = t('usage.subcommandMissing', { command: group.join(' '), subcommands: following.join(', ') });
    return new CliProblem(exitCodes.usage, 'usage', message, [more]);
  }
  const typed = words.join(' ');
  const whole = [...commands.map((command) => command.words.join(' ')), ...Object.keys(groupSummaries)];
  const nearest = findNearest(typed, group.length > 0 ? whole : [...new Set(commands.map(({ words }) => words[0]))]);
  return new CliProblem(exitCodes.usage, 'unknown-command', t('usage.unknownCommand', { command: typed }), [
    ...(nearest ? [t('usage.didYouMean', { suggestion: `sallyport ${nearest}` })] : []),
    more,
  ]);
}

/** The longest beginning of these words that is a group; none when they begin with no group. */
function groupOf(words: readonly string[]): readonly string[] {
  if (words.length === 0 || isGroup(words)) return words;
  return groupOf(words.slice(0, -1));
}
