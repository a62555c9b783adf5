import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CliProblem } from './command.ts';
import { commands, findCommand, groupSummaries } from './command-list.ts';
import { exitCodes } from './exit-codes.ts';
import { findNearest } from './nearest.ts';
import { parseCommandLine } from './parse.ts';
import { openTexts } from './text.ts';

const t = openTexts('en');
const parse = (...argv: string[]) => parseCommandLine(argv, t);

function problemOf(...argv: string[]): CliProblem {
  try {
    parse(...argv);
  } catch (error) {
    assert.ok(error instanceof CliProblem);
    return error;
  }
  assert.fail(`${argv.join(' ')} was accepted`);
}

test('a command gets its operands and options, wherever they stand', () => {
  const parsed = parse('--profile', 'x', 'token', '--json', 'generate', '--allow', 'a', 'my name', '--allow=b');
  assert.equal(parsed.kind, 'run');
  assert.deepEqual(parsed.kind === 'run' && parsed.command.words, ['token', 'generate']);
  assert.deepEqual(parsed.kind === 'run' && [...parsed.given.operands], [['NAME', 'my name']]);
  assert.deepEqual(parsed.kind === 'run' && Object.fromEntries(parsed.given.options), {
    profile: ['x'],
    json: ['true'],
    allow: ['a', 'b'],
  });
});

test('a command of three words is found, and its last operand takes all that follows', () => {
  const parsed = parse('app', 'permission', '--json', 'add', 'Reporter', 'A/x', 'B/y');
  assert.deepEqual(parsed.kind === 'run' && parsed.command.words, ['app', 'permission', 'add']);
  assert.deepEqual(parsed.kind === 'run' && parsed.given.repeated, ['A/x', 'B/y']);
  assert.match(problemOf('app', 'permission', 'add', 'Reporter').message, /PERMISSION is missing/);
  assert.match(problemOf('app', 'permission').message, /"sallyport app permission" needs another word: add, remove/);
  assert.match(problemOf('app', 'secret', 'ad').hints.join('\n'), /sallyport app secret add[\s\S]*help app secret/);
  assert.match(problemOf('app', 'secrt', 'add').hints.join('\n'), /sallyport app secret/);
  assert.deepEqual(parse('help', 'app', 'secret'), { kind: 'help', words: ['app', 'secret'] });
});

test('--help anywhere explains instead of running', () => {
  assert.deepEqual(parse('token', 'revoke', '--help', 'x', '--bogus'), { kind: 'help', words: ['token', 'revoke'] });
  assert.deepEqual(parse('-h'), { kind: 'help', words: [] });
  assert.deepEqual(parse(), { kind: 'help', words: [] });
  assert.deepEqual(parse('help', 'token', 'list'), { kind: 'help', words: ['token', 'list'] });
  assert.deepEqual(parse('--version'), { kind: 'version' });
});

test('an unknown option is refused with those that exist and the nearest one', () => {
  const problem = problemOf('token', 'list', '--stauts', 'active');
  assert.equal(problem.exitCode, exitCodes.usage);
  assert.match(problem.message, /--stauts/);
  assert.match(problem.hints.join('\n'), /Did you mean "--status"/);
  assert.match(problem.hints.join('\n'), /--owner, --search/);
  assert.equal(problemOf('-x').code, 'unknown-option');
  assert.equal(problemOf('token', 'list', '-s').code, 'unknown-option');
});

test('an unknown command is refused with the nearest one', () => {
  assert.match(problemOf('token', 'genrate').hints.join('\n'), /sallyport token generate/);
  assert.match(problemOf('tokn').hints.join('\n'), /sallyport token/);
  assert.match(problemOf('token').message, /generate, list, show, revoke/);
  assert.equal(problemOf('constructor').code, 'unknown-command');
});

test('missing and surplus operands, values and repetitions are refused', () => {
  for (const argv of [
    ['token', 'generate'],
    ['token', 'generate', ''],
    ['token', 'generate', 'a', 'b'],
    ['token', 'generate', 'a', '--expires'],
    ['token', 'generate', 'a', '--expires', '--value-only'],
    ['token', 'generate', 'a', '--expires', '1d', '--expires', '2d'],
    ['token', 'generate', 'a', '--value-only=yes'],
    ['token', 'list', '--status', 'used'],
  ]) {
    assert.equal(problemOf(...argv).exitCode, exitCodes.usage, argv.join(' '));
  }
});

test('a value that begins with a dash can be given with =, an operand after --', () => {
  const option = parse('token', 'list', '--search=-x');
  assert.deepEqual(option.kind === 'run' && option.given.options.get('search'), ['-x']);
  const operand = parse('token', 'generate', '--', '--json');
  assert.deepEqual(operand.kind === 'run' && operand.given.operands.get('NAME'), '--json');
});

test('the table is sound: words unique, groups described, options distinct, every command loads', async () => {
  const words = commands.map((command) => command.words.join(' '));
  assert.equal(new Set(words).size, words.length);
  for (const command of commands) {
    const words = command.words.map(String);
    for (const [index] of words.slice(1).entries()) {
      const group = words.slice(0, index + 1).join(' ');
      // A command may have groups of others below it: its own summary stands for both.
      assert.ok(groupSummaries[group] ?? findCommand([group]), group);
    }
    for (const { repeated } of (command.operands ?? []).slice(0, -1)) assert.equal(repeated, undefined);
    const names = [...(command.options ?? []).map(({ name }) => name), 'json', 'profile', 'lang', 'help'];
    assert.equal(new Set(names).size, names.length, command.words.join(' '));
    assert.equal(typeof (await command.load()), 'function');
  }
});

test('whatever is typed, the answer is something to do or a usage problem', () => {
  const piece = fc.oneof(
    fc.constantFrom(...commands.flatMap(({ words }) => words)),
    fc.constantFrom('--json', '--', '--all', '--profile', '--status', '--lang=ja', '-', '--no-json', '--__proto__'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (argv) => {
      try {
        assert.ok(['help', 'version', 'run'].includes(parseCommandLine(argv, t).kind));
      } catch (error) {
        assert.ok(error instanceof CliProblem, String(error));
        assert.equal(error.exitCode, exitCodes.usage);
      }
    }),
    { numRuns: 1000 },
  );
});

test('the nearest word is near, or there is none', () => {
  assert.equal(findNearest('lst', ['list', 'show']), 'list');
  assert.equal(findNearest('zzzzzz', ['list', 'show']), undefined);
  assert.equal(findNearest('x'.repeat(100_000), ['list']), undefined);
});
