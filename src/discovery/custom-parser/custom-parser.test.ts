import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLog } from '../../../test/support/discovery.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { Line } from '../formats/line.ts';
import { Transaction } from '../formats/transaction.ts';
import { parseCustomParser } from './definition.ts';
import { customParser } from './parser.ts';
import { parseTimeFormat } from './time-format.ts';

const csv = {
  type: 'csv',
  name: 'Branch proxy',
  delimiter: ',',
  timestampColumn: 'When',
  timestampFormat: 'd/M/yyyy HH:mm:ss',
  sourceIpColumn: 'Client',
  destinationIpColumn: 'Server',
  destinationUrlColumn: 'URL',
  userColumn: 'User',
  userFormat: 'EXAMPLE\\{user}',
  uploadedBytesColumn: 'Sent',
  downloadedBytesColumn: 'Received',
  totalBytesColumn: 'Total',
  actionColumn: 'Action',
  denyTerm: 'Blocked',
};

function read(definition: object, text: string) {
  return readLog(customParser(parseCustomParser(definition)), text);
}

test('CSV is read by the names of its first line, whatever their order and whatever else there is', async () => {
  const log = `Ignored,Action,Total,Received,Sent,User,URL,Server,Client,When
x,Allowed,1230,1000,230,EXAMPLE\\jane,https://www.example.com/a,203.0.113.5,192.0.2.10,21/11/2026 08:15:30
x,BLOCKED,,,,,"files.example.com:443, really",2001:db8::5,2001:db8::10,1/2/2026 0:00:01`;
  assert.deepEqual(await read(csv, log), [
    {
      time: '2026-11-21T08:15:30.000Z',
      url: 'https://www.example.com/a',
      destination: '203.0.113.5',
      user: 'jane',
      source: '192.0.2.10',
      uploaded: 230,
      downloaded: 1000,
      total: 1230,
    },
    {
      time: '2026-02-01T00:00:01.000Z',
      url: 'files.example.com:443, really',
      destination: '2001:db8::5',
      source: '2001:db8::10',
      isBlocked: true,
    },
  ]);
});

test('names of columns are case-sensitive: a header that lacks one that was named makes no sense', async () => {
  const log = 'when,Client,URL\n21/11/2026 08:15:30,192.0.2.10,www.example.com';
  const { type, name, delimiter, timestampColumn, timestampFormat, sourceIpColumn, destinationUrlColumn } = csv;
  const definition = { type, name, delimiter, timestampColumn, timestampFormat, sourceIpColumn, destinationUrlColumn };
  assert.deepEqual(await read(definition, log), [{ skipped: 'malformed' }]);
  assert.equal((await read(definition, log.replace('when', 'When'))).length, 1);
  assert.deepEqual(await read(definition, log.replace('when', '\uFEFF When ')), [
    { time: '2026-11-21T08:15:30.000Z', url: 'www.example.com', source: '192.0.2.10' },
  ]);
});

test('pairs of key and value are read with the delimiter between them, quoted or not', async () => {
  const definition = {
    type: 'KEY_VALUE',
    name: 'Pairs',
    delimiter: ';',
    dateColumn: 'd',
    dateFormat: 'yyyy-MM-dd',
    timeColumn: 't',
    timeFormat: 'hh:mm:ss a',
    sourceIpColumn: 'src',
    destinationIpColumn: 'dst',
    userColumn: 'who',
    userFormat: '{user}@example.com',
  };
  const log = `d=2026-11-21;t=08:15:30 PM;src=192.0.2.10;dst="203.0.113.5";who="jane doe@example.com"
t=12:00:00 AM;d=2026-11-21;dst=203.0.113.6;src=192.0.2.11;who=root
nothing of it
d=21.11.2026;t=08:15:30 PM;src=192.0.2.10;dst=203.0.113.5`;
  assert.deepEqual(await read(definition, log), [
    { time: '2026-11-21T20:15:30.000Z', destination: '203.0.113.5', user: 'jane doe', source: '192.0.2.10' },
    { time: '2026-11-21T00:00:00.000Z', destination: '203.0.113.6', user: 'root', source: '192.0.2.11' },
    { skipped: 'malformed' },
    { skipped: 'no-time' },
  ]);
});

test('times are read by the letters of SimpleDateFormat', () => {
  const cases: readonly (readonly [format: string, text: string, iso: string])[] = [
    ['d/M/yyyy HH:mm:ss a', '21/11/2026 09:15:00 PM', '2026-11-21T21:15:00.000Z'],
    ['d/M/yyyy HH:mm:ss a', '1/2/2026 21:15:00 PM', '2026-02-01T21:15:00.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", '2026-11-21T09:15:00.250+01:00', '2026-11-21T08:15:00.250Z'],
    ["yyyy-MM-dd'T'HH:mm:ssX", '2026-11-21T09:15:00Z', '2026-11-21T09:15:00.000Z'],
    ['yyyyMMddHHmmss', '20261121091500', '2026-11-21T09:15:00.000Z'],
    ['EEE, dd MMM yyyy HH:mm:ss Z', 'Sat, 21 Nov 2026 09:15:00 -0500', '2026-11-21T14:15:00.000Z'],
    ['MMM d HH:mm:ss', 'Nov  3 09:15:00', '2026-11-03T09:15:00.000Z'],
    ['MMMM d, yyyy h:mm a', 'November 3, 2026 12:05 am', '2026-11-03T00:05:00.000Z'],
    ['dd.MM.yy kk:mm', '21.11.26 24:00', '2026-11-21T00:00:00.000Z'],
    ["d 'o''clock' M yyyy", "3 o'clock 4 2026", '2026-04-03T00:00:00.000Z'],
    ['epoch', '1795252500', '2026-11-21T09:15:00.000Z'],
    ['Epoch', '1795252500123', '2026-11-21T09:15:00.123Z'],
  ];
  for (const [format, text, iso] of cases) {
    const parsed = parseTimeFormat(format);
    assert.ok(typeof parsed !== 'string', format);
    const bytes = Buffer.from(` ${text}9`);
    const time = parsed.moment(bytes, 1, bytes.length - 1, Date.parse('2026-11-21T09:00:00Z'));
    assert.equal(new Date(time).toISOString(), iso, `${format}: ${text}`);
  }
});

test('a value that is not of the format has no time, not a wrong one', () => {
  const parsed = parseTimeFormat('d/M/yyyy HH:mm:ss');
  assert.ok(typeof parsed !== 'string');
  const wrong = [
    '',
    '21/11/2026',
    '21/11/2026 09:15:00 ',
    '31/2/2026 09:15:00',
    '21/13/2026 09:15:00',
    '21/11/2026 25:00:00',
  ];
  for (const text of [...wrong, '2026-11-21 09:15:00', 'x21/11/2026 09:15:00', '21/11/2026 09:61:00']) {
    const bytes = Buffer.from(text);
    assert.ok(Number.isNaN(parsed.moment(bytes, 0, bytes.length, 0)), text);
  }
  for (const format of ['', 'yyyy-MM-dd Q', "yyyy 'T", 'nonsense', 'x'.repeat(200)]) {
    assert.equal(typeof parseTimeFormat(format), 'string', format);
  }
});

test('a definition that cannot work is refused with the member to change', () => {
  const refused: readonly (readonly [change: object, field: string])[] = [
    [{ type: 'xml' }, 'type'],
    [{ type: undefined }, 'type'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(65) }, 'name'],
    [{ delimiter: '' }, 'delimiter'],
    [{ delimiter: '||' }, 'delimiter'],
    [{ delimiter: 'a' }, 'delimiter'],
    [{ delimiter: '"' }, 'delimiter'],
    [{ type: 'key-value', delimiter: '=' }, 'delimiter'],
    [{ timestampColumn: null }, 'timestampColumn'],
    [{ timestampFormat: null }, 'timestampFormat'],
    [{ timestampFormat: 'yyyy Q' }, 'timestampFormat'],
    [{ timestampFormat: 'HH:mm' }, 'timestampFormat'],
    [{ dateColumn: 'Day' }, 'dateColumn'],
    [{ timestampColumn: null, timestampFormat: null, dateColumn: 'Day' }, 'timeColumn'],
    [{ sourceIpColumn: '' }, 'sourceIpColumn'],
    [{ sourceIpColumn: 7 }, 'sourceIpColumn'],
    [{ destinationIpColumn: null, destinationUrlColumn: null }, 'destinationUrlColumn'],
    [{ destinationIpColumn: 'Client' }, 'destinationIpColumn'],
    [{ userFormat: 'EXAMPLE\\' }, 'userFormat'],
    [{ userFormat: '*{user}' }, 'userFormat'],
    [{ userColumn: null }, 'userColumn'],
    [{ denyTerm: null }, 'denyTerm'],
    [{ actionColumn: null }, 'actionColumn'],
    [{ type: 'key-value', sourceIpColumn: 'Client address' }, 'sourceIpColumn'],
    [{ unknown: 'x' }, 'unknown'],
  ];
  const fieldOf = (input: unknown): string => {
    try {
      parseCustomParser(input);
    } catch (error) {
      assert.ok(error instanceof InvalidInput && error.message.length > 20, String(error));
      return error.field;
    }
    return 'taken';
  };
  for (const [change, field] of refused) assert.equal(fieldOf({ ...csv, ...change }), field, JSON.stringify(change));
  for (const input of [null, undefined, 'csv', [], 7]) assert.equal(fieldOf(input), 'customParser');
  assert.equal(fieldOf(csv), 'taken');
  const stored = parseCustomParser(csv);
  assert.deepEqual(parseCustomParser(JSON.parse(JSON.stringify(stored))), stored, 'what was stored is taken again');
});

test('whatever a line holds, the answer is a transaction or a reason', () => {
  const definitions = [csv, { ...csv, type: 'key-value' }, { ...csv, userFormat: '*\\{user}', delimiter: 'tab' }];
  const cells = fc.oneof(
    fc.string(),
    fc.constantFrom('21/11/2026 08:15:30', '192.0.2.1', '"', '=', 'When=', '\\', ','),
  );
  fc.assert(
    fc.property(fc.constantFrom(...definitions), fc.array(cells, { maxLength: 12 }), (definition, parts) => {
      const reader = customParser(parseCustomParser(definition)).open({ receivedAt: 0 });
      const comma = definition.delimiter === ',' ? ',' : '\t';
      reader.header?.(
        Line.of(['When', 'Client', 'URL', 'Server', 'User', 'Sent', 'Received', 'Total', 'Action'].join(comma)),
      );
      const reason = reader.read(Line.of(parts.join(comma)), new Transaction());
      assert.ok(reason === null || reason === 'malformed' || reason === 'no-time');
    }),
  );
});
