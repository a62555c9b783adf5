import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CompilationCache } from './compilation-cache.ts';
import { KqlCompiler } from './compiler.ts';
import type { Catalogue } from './ir.ts';

const catalogue: Catalogue = {
  tables: [{ name: 'T', source: '"T"', timeColumn: null, columns: [{ name: 'A', type: 'string' }] }],
};
const faults: string[] = [];
let compiler: KqlCompiler;

before(() => {
  compiler = new KqlCompiler({ timeLimitMs: 60_000, onFault: (message) => faults.push(message) });
});

after(async () => {
  await compiler.close();
  assert.deepEqual(faults, []);
});

test('texts are compiled in the worker, several at a time, each with its own answer', async () => {
  const texts = Array.from({ length: 10 }, (_, index) => `T | extend n = ${index}`);
  const compilations = await Promise.all(texts.map((text) => compiler.compile(text, catalogue)));
  compilations.forEach((compilation, index) => {
    assert.ok(compilation.ok);
    assert.match(compilation.compiled.sql, new RegExp(`\\b${index}::BIGINT`));
  });
});

test('the same text over the same tables is compiled once, over other tables again', async () => {
  const first = await compiler.compile('T | count', catalogue);
  assert.equal(await compiler.compile('T | count', catalogue), first);
  assert.equal(await compiler.compile('T | count', { ...catalogue }), first, 'equal tables are the same tables');
  const other = await compiler.compile('T | count', { tables: [] });
  assert.equal(other.ok, false);
});

test('more catalogues than the worker holds are sent again', async () => {
  const catalogues = Array.from(
    { length: 12 },
    (_, index): Catalogue => ({
      tables: [{ name: 'T', source: `"T${index}"`, timeColumn: null, columns: [{ name: 'A', type: 'string' }] }],
    }),
  );
  for (const text of ['T', 'T | take 1']) {
    for (const [index, each] of catalogues.entries()) {
      const compilation = await compiler.compile(text, each);
      assert.ok(compilation.ok);
      assert.match(compilation.compiled.sql, new RegExp(`"T${index}"`));
    }
  }
});

test('a text that takes too long ends its worker, and the next one is compiled', async () => {
  const impatient = new KqlCompiler({ timeLimitMs: 1 });
  try {
    // Thousands of values take the parser far longer than a millisecond on any machine.
    const slow = `print 1 in (${Array.from({ length: 9000 }, (_, index) => index).join(',')})`;
    const given = await impatient.compile(slow, catalogue);
    assert.equal(given.ok, false);
    assert.equal(!given.ok && given.diagnostics[0]?.code, 'SP007');
  } finally {
    await impatient.close();
  }
  const after = await compiler.compile('print "still here"', catalogue);
  assert.ok(after.ok);
});

test('a worker is replaced after it was ended', async () => {
  const hasty = new KqlCompiler({ timeLimitMs: 1 });
  try {
    const slow = `print 1 in (${Array.from({ length: 9000 }, (_, index) => index).join(',')})`;
    const both = await Promise.all([hasty.compile(slow, catalogue), hasty.compile(`${slow}, 2`, catalogue)]);
    for (const each of both) assert.equal(!each.ok && each.diagnostics[0]?.code, 'SP007');
  } finally {
    await hasty.close();
  }
});

test('callers beyond those that may wait are told to come again', async () => {
  const busy = new KqlCompiler({ timeLimitMs: 60_000, waitingMax: 1 });
  try {
    const given = await Promise.all([1, 2, 3].map((each) => busy.compile(`print ${each}`, catalogue)));
    const codes = given.map((each) => (each.ok ? 'ok' : each.diagnostics[0]?.code));
    assert.deepEqual(codes, ['ok', 'ok', 'SP008']);
  } finally {
    await busy.close();
  }
});

test('whoever waits when the compiler is closed hears of it', async () => {
  const closing = new KqlCompiler();
  const waiting = assert.rejects(closing.compile('print 1', catalogue), /closed/);
  await closing.close();
  await waiting;
  await assert.rejects(closing.compile('print 2', catalogue), /closed/);
});

test('what is kept is bounded in bytes, and what was used last stays', () => {
  const cache = new CompilationCache(10_000);
  const of = (message: string) => ({
    ok: false as const,
    diagnostics: [{ code: 'X', message, span: { start: 0, length: 1 }, line: 1, column: 1 }],
  });
  for (let index = 0; index < 50; index += 1) {
    cache.get('key 0');
    cache.set(`key ${index}`, of('x'.repeat(200)));
    assert.ok(cache.bytes <= 10_000);
  }
  assert.ok(cache.get('key 0'), 'used all the time');
  assert.ok(cache.get('key 49'));
  assert.equal(cache.get('key 1'), undefined);
  cache.set('huge', of('x'.repeat(5000)));
  assert.equal(cache.get('huge'), undefined);
});
