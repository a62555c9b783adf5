import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompileOptions, compile } from './compile.ts';
import type { Catalogue } from './ir.ts';
import { compileInPasses } from './two-pass.ts';
import { type FetchedWatchlist, watchlistFunction } from './watchlists.ts';

const catalogue: Catalogue = {
  tables: [{ name: 'T', columns: [{ name: 'a', type: 'string' }], source: 'main."T"', timeColumn: null }],
  functions: [watchlistFunction],
};

const fetched = (alias: string, source = `memory.main."${alias}"`): FetchedWatchlist => ({
  alias,
  columns: [
    { name: 'SearchKey', type: 'string' },
    { name: 'My Level', type: 'string' },
  ],
  source,
});

function messagesOf(text: string, options?: CompileOptions): string[] {
  const compilation = compile(text, catalogue, options);
  return compilation.ok ? [] : compilation.diagnostics.map(({ message }) => message);
}

test('a watchlist that is not known yet is asked for by its alias, before anything else is said of the text', () => {
  const cases: readonly (readonly [text: string, alias: string, start: number])[] = [
    ["_GetWatchlist('vips') | where toupper(Level) == 'A'", 'vips', 0],
    ["T | where a in ((_GetWatchlist('vips') | project SearchKey))", 'vips', 17],
    ["let w = 'two words'; T | join kind=inner _GetWatchlist(w) on $left.a == $right.SearchKey", 'two words', 41],
    ["let f = (x:string) { _GetWatchlist(x) | project SearchKey }; f('inside')", 'inside', 61],
  ];
  for (const [text, alias, start] of cases) {
    const compilation = compile(text, catalogue);
    assert.ok(!compilation.ok);
    assert.deepEqual([compilation.watchlist, compilation.diagnostics[0]?.span.start], [alias, start], text);
    assert.equal(compilation.diagnostics[0]?.code, 'SP013');
  }
});

test('with its columns the text is checked as any other, and reads the table of the host', () => {
  const watchlists = [fetched('vips')];
  const compilation = compile("_GetWatchlist('vips') | project Level = ['My Level']", catalogue, { watchlists });
  assert.ok(compilation.ok);
  assert.deepEqual(compilation.compiled.columns, [{ name: 'Level', type: 'string' }]);
  assert.match(compilation.compiled.sql, /memory\.main\."vips"/);
  assert.match(messagesOf("_GetWatchlist('vips') | project Lvl", { watchlists })[0] ?? '', /Lvl/);
});

test('only what a query names reads a watchlist: no wildcard, no search, no other spelling', () => {
  const watchlists = [fetched('vips')];
  for (const text of ['union *', "search 'x'", 'find where a == "x" project a', 'T']) {
    const compilation = compile(text, catalogue, { watchlists });
    assert.ok(compilation.ok, text);
    assert.ok(!compilation.compiled.sql.includes('vips'), text);
  }
  for (const text of ["database('watchlists').vips", "table('vips')", 'vips', "database('watchlists').table('vips')"]) {
    assert.notDeepEqual(messagesOf(text, { watchlists }), [], text);
  }
});

test('an alias that is not constant is refused, and a function of that name of the query itself is that one', () => {
  assert.match(messagesOf("T | where a in ((_GetWatchlist(strcat(a, 'x')) | project SearchKey))")[0] ?? '', /./);
  assert.deepEqual(messagesOf("let _GetWatchlist = (x:string) { T | where a == x }; _GetWatchlist('a')"), []);
});

test('each watchlist of a text is asked for once; a host that has none or says why stops there', async () => {
  const asked: string[] = [];
  const text = "union (_GetWatchlist('one')), (_GetWatchlist('two')), (_GetWatchlist('one'))";
  const run = (watchlist?: (alias: string) => Promise<FetchedWatchlist | string>) =>
    compileInPasses({
      compile: (options) => compile(text, catalogue, options),
      read: async () => [],
      fetch: async () => 'no',
      ...(watchlist && { watchlist }),
    });
  const whole = await run(async (alias) => {
    asked.push(alias);
    return fetched(alias);
  });
  assert.ok(whole.ok);
  assert.deepEqual(asked, ['one', 'two']);
  const refused = await run(async (alias) => (alias === 'two' ? 'There is no two.' : fetched(alias)));
  assert.ok(!refused.ok && refused.diagnostics[0]?.message === 'There is no two.');
  const without = await run();
  assert.ok(!without.ok && /watchlist one is not known/.test(without.diagnostics[0]?.message ?? ''));
});
