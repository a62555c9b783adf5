// What the portal makes of a query's answer: which columns a chart takes, as the render operator is documented, what stands
// on its axes, and in which order rows come.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFormat } from '../web/i18n/format.ts';
import { sortedRows } from '../web/pages/hunting/results/answer.ts';
import { chartOf, type RenderInfo } from '../web/pages/hunting/results/chart-model.ts';
import { frameOf } from '../web/pages/hunting/results/frame.ts';
import { numberScale, timeScale } from '../web/pages/hunting/results/scale.ts';
import { timeNames } from '../web/pages/hunting/results/time-names.ts';

const seconds = 0;
const string = (name: string) => ({ name, type: 'String' });
const long = (name: string) => ({ name, type: 'Int64' });
const time = (name: string) => ({ name, type: 'DateTime' });
const render = (rest: Partial<RenderInfo>): RenderInfo => ({
  ...{ visualization: 'timechart', title: null, xColumn: null, yColumns: [], series: [] },
  ...{ xTitle: null, yTitle: null, stacking: null },
  ...rest,
});

test('a time chart goes along its times, with a series for each name, in the order of time', () => {
  const rows = [
    { Action: 'a', Timestamp: '2026-01-01T01:00:00Z', count_: 2 },
    { Action: 'b', Timestamp: '2026-01-01T00:00:00Z', count_: 5 },
    { Action: 'a', Timestamp: '2026-01-01T00:00:00Z', count_: 1 },
    { Action: 'a', Timestamp: null, count_: 9 },
    { Action: 'b', Timestamp: '2026-01-01T02:00:00Z', count_: null },
  ];
  const columns = [string('Action'), time('Timestamp'), long('count_')];
  const chart = chartOf({ columns, rows, seconds }, 'timechart', null);
  assert.equal(chart?.xScale, 'time');
  assert.deepEqual(
    chart?.series.map(({ name, points }) => [name, points.map(({ y }) => y)]),
    [
      ['a', [1, 2]],
      ['b', [5]],
    ],
  );
  assert.equal(chart?.xTitle, 'Timestamp');
  assert.equal(chart?.yTitle, 'count_');
});

test('columns, bars and pies stand on names', () => {
  const rows = [
    { Os: 'Windows', n: 7 },
    { Os: '', n: 1 },
  ];
  for (const kind of ['columnchart', 'barchart', 'piechart'] as const) {
    const chart = chartOf({ columns: [string('Os'), long('n')], rows, seconds }, kind, null);
    assert.deepEqual(chart?.categories, ['Windows', '']);
    const points = [
      { x: 0, y: 7 },
      { x: 1, y: 1 },
    ];
    assert.deepEqual(chart?.series, [{ name: 'n', points }]);
  }
});

test('columns over time stand in the order of time, named as the reader writes times', () => {
  const rows = ['2026-10-24T00:00:00Z', null, '2026-10-23T00:00:00Z'].map((Day, n) => ({ Day, n }));
  const chart = chartOf({ columns: [time('Day'), long('n')], rows, seconds }, 'columnchart', null);
  assert.deepEqual(chart?.categories, ['2026-10-23T00:00:00Z', '2026-10-24T00:00:00Z', '']);
  assert.deepEqual(
    chart?.series[0]?.points.map(({ x, y }) => [x, y]),
    [
      [0, 2],
      [1, 0],
      [2, 1],
    ],
  );
  assert.equal(chart?.isOfTimes, true);
  const named = (times: readonly string[], language: string, timeZone: string) =>
    // Some browsers and Node put a narrow space before AM and PM.
    timeNames(times, timeZone, makeFormat(language, timeZone)).map((each) => each.replaceAll('\u202f', ' '));
  assert.deepEqual(named(chart?.categories ?? [], 'en', 'UTC'), ['Oct 23, 2026', 'Oct 24, 2026', '–']);
  assert.deepEqual(named(chart?.categories ?? [], 'ja', 'UTC'), ['2026/10/23', '2026/10/24', '–']);
  // The same days begin at another hour elsewhere: days alone would name the wrong ones.
  assert.deepEqual(named(chart?.categories ?? [], 'en', 'America/New_York'), [
    'Oct 22, 8:00 PM',
    'Oct 23, 8:00 PM',
    '–',
  ]);
  assert.deepEqual(named(['2026-10-23T14:30:00Z'], 'fr', 'Europe/Paris'), ['23 oct., 16:30']);
  assert.match(named(['2026-10-23T14:30:05Z'], 'en', 'UTC')[0] ?? '', /2:30:05 PM/);
});

test('names that stand slanted below a chart that is wide enough are whole', () => {
  const rows = Array.from({ length: 30 }, (_, n) => ({ s: `Oct ${n}, 2026`.padEnd(12, 'x'), n }));
  const chart = chartOf({ columns: [string('s'), long('n')], rows, seconds }, 'columnchart', null);
  assert.ok(chart);
  for (let width = 640; width < 1600; width += 10) {
    const { isSlanted, nameLength } = frameOf(chart, width);
    assert.ok(isSlanted && nameLength >= 12, `${nameLength} letters at ${width} px`);
  }
});

test('what the render says goes before what the columns suggest', () => {
  const rows = [
    { a: 1, b: 2, c: 3, s: 'x' },
    { a: 4, b: 5, c: 6, s: 'y' },
  ];
  const answer = { columns: [long('a'), long('b'), long('c'), string('s')], rows, seconds };
  const said = render({ xColumn: 'c', yColumns: ['a'], series: ['s'], title: 'T' });
  const chart = chartOf(answer, 'scatterchart', said);
  assert.equal(chart?.title, 'T');
  assert.deepEqual(chart?.series, [
    { name: 'x', points: [{ x: 3, y: 1 }] },
    { name: 'y', points: [{ x: 6, y: 4 }] },
  ]);
});

test('a card shows the numbers of the first row; no numbers make no chart', () => {
  const answer = { columns: [long('n'), string('s')], rows: [{ n: 42, s: '' }], seconds };
  assert.deepEqual(chartOf(answer, 'card', null)?.series, [{ name: 'n', points: [{ x: 0, y: 42 }] }]);
  assert.equal(chartOf({ columns: [string('s')], rows: [{ s: 'x' }], seconds }, 'linechart', null), undefined);
  assert.equal(chartOf({ columns: [long('n')], rows: [{ n: 1 }], seconds }, 'linechart', null), undefined);
});

test('a chart says how much it leaves out, and keeps the largest', () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({ s: `name ${n}`, n, at: '2026-01-01T00:00:00Z' }));
  const chart = chartOf({ columns: [string('s'), long('n')], rows, seconds }, 'columnchart', null);
  assert.equal(chart?.categories.length, 60);
  assert.equal(chart?.left, 40);
  const lines = chartOf({ columns: [time('at'), string('s'), long('n')], rows, seconds }, 'timechart', null);
  assert.equal(lines?.series.length, 12);
  assert.equal(lines?.left, 88);
  assert.ok(lines?.series.some(({ name }) => name === 'name 99'));
});

test('numbers get round steps around all of them', () => {
  assert.deepEqual(numberScale([3, 97], 5, true), { from: 0, to: 100, ticks: [0, 20, 40, 60, 80, 100] });
  assert.deepEqual(numberScale([-7, 12], 4, true).ticks, [-10, -5, 0, 5, 10, 15]);
  assert.deepEqual(numberScale([0.1, 0.3], 3, true).ticks, [0, 0.1, 0.2, 0.3]);
  assert.ok(numberScale([0, 0], 4, true).to > 0);
  assert.ok(numberScale([1e15, 1e15], 4, false).ticks.length > 0);
});

test('times get steps that people count in', () => {
  const from = Date.UTC(2026, 0, 1, 0, 30);
  const { ticks } = timeScale([from, from + 24 * 3_600_000], 6);
  assert.deepEqual(
    ticks.map((each) => new Date(each).getUTCHours()),
    [6, 12, 18, 0],
  );
  assert.ok(timeScale([from], 5).ticks.length > 0);
});

test('rows are sorted by what they mean, and what is empty comes last either way', () => {
  const rows = [{ n: 10 }, { n: null }, { n: 9 }];
  const ns = (direction: 'asc' | 'desc') => sortedRows(rows, long('n'), direction).map(({ n }) => n);
  assert.deepEqual(ns('asc'), [9, 10, null]);
  assert.deepEqual(ns('desc'), [10, 9, null]);
});
