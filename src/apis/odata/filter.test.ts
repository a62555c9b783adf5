import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTicks, parseTicks } from '../../lib/ticks.ts';
import { type Expression, type Literal, parseFilter, usualBounds } from './filter.ts';
import { ODataProblem } from './problem.ts';

function problemOf(text: string): ODataProblem {
  try {
    parseFilter(text);
  } catch (error) {
    assert.ok(error instanceof ODataProblem, String(error));
    return error;
  }
  return assert.fail(`"${text}" was taken.`);
}

test('what documented clients send is read as they mean it', () => {
  const ticks = parseTicks('2024-05-06T12:18:03.6266667Z');
  assert.deepEqual(parseFilter("status eq 'Active' and lastUpdateTime gt 2024-05-06T12:18:03.6266667Z"), {
    kind: 'and',
    of: [
      {
        kind: 'comparison',
        property: { name: 'status', at: 1 },
        operator: 'eq',
        literal: { kind: 'string', value: 'Active', at: 11 },
      },
      {
        kind: 'comparison',
        property: { name: 'lastUpdateTime', at: 24 },
        operator: 'gt',
        literal: { kind: 'time', ticks, at: 42 },
      },
    ],
  });
});

test('and binds closer than or, not closer than both', () => {
  const text = 'a eq 1 or not b eq 2 and c eq 3';
  const whole = parseFilter(text);
  assert.equal(whole.kind, 'or');
  assert.deepEqual(shapeOf(whole), { or: ['a eq 1', { and: [{ not: 'b eq 2' }, 'c eq 3'] }] });
  assert.deepEqual(shapeOf(parseFilter('(a eq 1 or not b eq 2) and c eq 3')), {
    and: [{ or: ['a eq 1', { not: 'b eq 2' }] }, 'c eq 3'],
  });
});

test('lists, functions, lambdas, values in front and words without quotes are read', () => {
  for (const [text, shape] of [
    ["status in ('Active', Resolved)", 'status in Active,Resolved'],
    ["startsWith(displayName,'it''s')", "displayName startswith it's"],
    ["contains(mail,'a') eq false", { not: 'mail contains a' }],
    ["identifierUris/any(u:u eq 'api://x')", { any: 'identifierUris', of: ' eq api://x' }],
    ["owners/any(o:o/id eq 'x' or o/id eq null)", { any: 'owners', of: { or: ['id eq x', 'id eq null'] } }],
    ['tags/any()', { any: 'tags' }],
    ['5 lt size', 'size gt 5'],
    ['status EQ Active AND enabled eq True', { and: ['status eq Active', 'enabled eq true'] }],
    ['principal/id eq 05A65629-4c1b-48c1-a78b-804c4abdd4af', 'principal/id eq 05a65629-4c1b-48c1-a78b-804c4abdd4af'],
    // A plus in a query string is a blank, so the plus of a zone may arrive as one.
    ['t ge 2024-05-06T12:00:00 02:00', 't ge 2024-05-06T10:00:00Z'],
    ['t ge 2024-05-06', 't ge 2024-05-06T00:00:00Z'],
    ['t ge 2024-05-06T12:00Z', 't ge 2024-05-06T12:00:00Z'],
  ] as const)
    assert.deepEqual(shapeOf(parseFilter(text)), shape, text);
});

test('a problem says what is wrong, and where', () => {
  for (const [text, position, said] of [
    ['', null, /empty/],
    ['   ', null, /empty/],
    ['status', 7, /operator.*is missing/],
    ['status eq', 10, /a value is missing/],
    ["status eq 'Active", 11, /no closing quote/],
    ["status like 'A'", 8, /operator.*not "like"/],
    ["status eq 'A' status eq 'B'", 15, /"and", "or" or the end.*not "status"/],
    ["(status eq 'A'", 15, /"\)" is missing/],
    ['t ge 2024-02-30T00:00:00Z', 6, /2024-02-30T00:00:00Z is no time/],
    ['t ge 2024-05-06T12:00:00', 6, /zone/],
    ['t ge 2024-05-06T12:00:00Zebra', 6, /cannot be read/],
    ["year(t) eq '1'", 1, /function year/],
    ['startswith(a,1)', 14, /single quotes/],
    ["a/all(x:x eq '1')", 1, /"all" is not supported/],
    ["a/any(x:x/b/any(y:y eq '1'))", 9, /within a lambda/],
    ['a in ()', 7, /a value/],
    ['a eq 1; drop', 6, /cannot be read/],
  ] as const) {
    const problem = problemOf(text);
    assert.match(problem.message, said, text);
    assert.equal(problem.position, position, `${text}: ${problem.message}`);
  }
});

test('length, values, functions and depth are bounded', () => {
  const { lengthMax, valuesMax, functionsMax, depthMax } = usualBounds;
  assert.match(problemOf(`a eq '${'x'.repeat(lengthMax)}'`).message, /longer than/);
  assert.match(
    problemOf(
      `a in (${Array(valuesMax + 1)
        .fill('1')
        .join(',')})`,
    ).message,
    /more than 200 values/,
  );
  parseFilter(`a in (${Array(valuesMax).fill('1').join(',')})`);
  const calls = (count: number) => Array.from({ length: count }, (_, at) => `contains(a,'${at}')`).join(' or ');
  parseFilter(calls(functionsMax));
  assert.match(problemOf(calls(functionsMax + 1)).message, /more than 50 calls of startswith, endswith and contains/);
  assert.match(problemOf(`${'('.repeat(depthMax + 1)}a eq 1`).message, /deeper than/);
  parseFilter(`${'('.repeat(depthMax)}a eq 1${')'.repeat(depthMax)}`);
  assert.match(problemOf(`${'not '.repeat(depthMax + 1)}a eq 1`).message, /deeper than/);
});

test('whatever comes in, the answer is an expression or a problem', () => {
  const pieces = fc.constantFrom(
    ...['a', 'status', 'eq', 'and', 'or', 'not', 'in', '(', ')', ',', '/', ':', "'x'", "'", '1', '-', 'null', 'true'],
    ...['2024-05-06T12:00:00Z', '2024-05-06', 'startswith', 'any', ' ', '  ', 'é', '"', '%'],
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join(' ')),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseFilter(text);
      } catch (error) {
        assert.ok(error instanceof ODataProblem, String(error));
        assert.ok(error.position === null || (error.position >= 1 && error.position <= text.length + 1));
      }
    }),
    { numRuns: 2000 },
  );
});

test('an expression that is written out reads as the same expression', () => {
  fc.assert(
    fc.property(expressions(), (expression) => {
      const again = parseFilter(write(expression));
      assert.deepEqual(shapeOf(again), shapeOf(expression));
    }),
    { numRuns: 1000 },
  );
});

type Shape = string | { readonly [name: string]: unknown };

/** The expression without positions, short enough to be compared by eye. */
function shapeOf(expression: Expression): Shape {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { [expression.kind]: expression.of.map(shapeOf) };
    case 'not':
      return { not: shapeOf(expression.of) };
    case 'comparison':
      return `${expression.property.name} ${expression.operator} ${textOf(expression.literal)}`;
    case 'in':
      return `${expression.property.name} in ${expression.literals.map(textOf).join(',')}`;
    case 'function':
      return `${expression.property.name} ${expression.name} ${expression.text}`;
    case 'any':
      return { any: expression.property.name, ...(expression.of ? { of: shapeOf(expression.of) } : {}) };
  }
}

function textOf(literal: Literal): string {
  if (literal.kind === 'null') return 'null';
  return literal.kind === 'time' ? formatTicks(literal.ticks) : String(literal.value);
}

function write(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return `(${expression.of.map(write).join(` ${expression.kind} `)})`;
    case 'not':
      return `not (${write(expression.of)})`;
    case 'comparison':
      return `${expression.property.name} ${expression.operator} ${writeLiteral(expression.literal)}`;
    case 'in':
      return `${expression.property.name} in (${expression.literals.map(writeLiteral).join(',')})`;
    case 'function':
      return `${expression.name}(${expression.property.name}, '${expression.text.replaceAll("'", "''")}')`;
    case 'any':
      return `${expression.property.name}/any(${expression.of ? `x:${write(expression.of)}` : ''})`;
  }
}

function writeLiteral(literal: Literal): string {
  return literal.kind === 'string' ? `'${literal.value.replaceAll("'", "''")}'` : textOf(literal);
}

function expressions(): fc.Arbitrary<Expression> {
  const at = 0;
  const property = fc.constantFrom('status', 'a/b', '_c', 'createdTime').map((name) => ({ name, at }));
  const literal: fc.Arbitrary<Literal> = fc.oneof(
    fc.string({ maxLength: 20 }).map((value) => ({ kind: 'string' as const, value, at })),
    fc.integer().map((value) => ({ kind: 'number' as const, value, at })),
    fc.bigInt({ min: 0n, max: 25_000_000_000_000_000n }).map((ticks) => ({ kind: 'time' as const, ticks, at })),
    fc.uuid().map((value) => ({ kind: 'guid' as const, value, at })),
    fc.boolean().map((value) => ({ kind: 'boolean' as const, value, at })),
    fc.constant({ kind: 'null' as const, at }),
    fc.constant({ kind: 'word' as const, value: 'Active', at }),
  );
  const operator = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');
  const { whole } = fc.letrec<{ whole: Expression; leaf: Expression }>((tie) => ({
    leaf: fc.oneof(
      fc.record({ kind: fc.constant('comparison' as const), property, operator, literal }),
      fc.record({
        kind: fc.constant('in' as const),
        property,
        literals: fc.array(literal, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('function' as const),
        name: fc.constantFrom('startswith', 'endswith', 'contains'),
        property,
        text: fc.string({ maxLength: 10 }),
      }),
    ),
    whole: fc.oneof(
      { maxDepth: 3 },
      tie('leaf'),
      fc.record({
        kind: fc.constantFrom('and', 'or'),
        of: fc.array(tie('whole'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), of: tie('whole') }),
    ),
  }));
  return whole;
}
