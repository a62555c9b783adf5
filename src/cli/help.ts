import { CliProblem, type Command, type OptionSpec } from './command.ts';
import { commands, findCommand, groupSummaries, isGroup, sections } from './command-list.ts';
import { unknownCommand, usageLine } from './parse.ts';
import { globalOptions } from './specs/shared.ts';
import { blockLines } from './table.ts';
import type { Translate } from './text.ts';

/** Help on everything, on a group (`token`, `app secret`) or on one command (`token generate`). Throws CliProblem(usage). */
export function helpLines(words: readonly string[], t: Translate): string[] {
  if (words.length === 0) return overview(t);
  const command = findCommand(words);
  if (command) return commandHelp(command, t);
  if (isGroup(words)) return groupHelp(words, t);
  const problem = unknownCommand(words, t);
  throw new CliProblem(problem.exitCode, problem.code, problem.message, problem.hints);
}

function overview(t: Translate): string[] {
  const lines = [t('help.about'), '', t('help.usage', { usage: 'sallyport COMMAND [OPTION…]' })];
  const entries = sections.map((section) => ({ title: t(section.title), rows: summaryRows(section.commands, t) }));
  const all = blockLines(
    entries.flatMap(({ rows }) => rows),
    '  ',
  );
  for (const { title, rows } of entries) lines.push('', title, ...all.splice(0, rows.length));
  return [...lines, '', t('help.everyCommand'), ...optionLines(globalOptions, t), '', t('help.more')];
}

/** One row a command; the commands of a group share a row. */
function summaryRows(of: readonly Command[], t: Translate): [string, string][] {
  const rows = new Map<string, string>();
  for (const { words, summary } of of) {
    const group = groupSummaries[words[0]];
    // A command may have groups below it: its own summary comes first.
    if (!rows.has(words[0])) rows.set(words[0], t(group ?? summary));
  }
  return [...rows];
}

function groupHelp(words: readonly string[], t: Translate): string[] {
  const group = words.join(' ');
  const rows = commands
    .filter((command) => words.every((word, index) => command.words[index] === word))
    .map((command): [string, string] => [`sallyport ${command.words.join(' ')}`, t(command.summary)]);
  const summary = groupSummaries[group];
  return [
    ...(summary ? [t(summary), ''] : []),
    ...blockLines(rows, '  '),
    '',
    t('help.moreOfGroup', { command: `sallyport help ${group} …` }),
  ];
}

function commandHelp(command: Command, t: Translate): string[] {
  const lines = [t(command.summary), '', t('help.usage', { usage: usageLine(command) })];
  const operands = (command.operands ?? []).map(({ name, about, repeated }): [string, string] => [
    `${name}${repeated ? '…' : ''}`,
    t(about),
  ]);
  if (operands.length > 0) lines.push('', ...blockLines(operands, '  '));
  const options = command.options ?? [];
  if (options.length > 0) lines.push('', t('help.options'), ...optionLines(options, t));
  lines.push('', t('help.everyCommand'), ...optionLines(globalOptions, t));
  if (command.examples) lines.push('', t('help.examples'), ...command.examples.map((example) => `  ${example}`));
  const below = namesBelow(command.words.join(' '), t);
  if (below.length > 0) lines.push('', ...blockLines(below, '  '));
  return lines;
}

/** `hunt` is a command, and `hunt saved` a group of others; `siem-agent` is one, and `siem-agent list` another. */
function namesBelow(words: string, t: Translate): [string, string][] {
  const groups = Object.entries(groupSummaries)
    .filter(([group]) => group.startsWith(`${words} `))
    .map(([group, summary]): [string, string] => [`sallyport ${group} …`, t(summary)]);
  const below = commands.filter(
    (each) => each.words.length === words.split(' ').length + 1 && each.words.join(' ').startsWith(`${words} `),
  );
  return [...below.map((each): [string, string] => [`sallyport ${each.words.join(' ')}`, t(each.summary)]), ...groups];
}

function optionLines(options: readonly OptionSpec[], t: Translate): string[] {
  return blockLines(
    options.map(({ name, value, about, oneOf }): [string, string] => [
      `--${name}${value ? ` ${value}` : ''}`,
      oneOf ? `${t(about)} (${oneOf.join(', ')})` : t(about),
    ]),
    '  ',
  );
}
