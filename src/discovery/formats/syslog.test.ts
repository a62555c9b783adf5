import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLog } from '../../../test/support/discovery.ts';
import { between, surroundings } from '../../../test/support/discovery-fields.ts';
import { Line } from './line.ts';
import type { LogParser } from './reader.ts';
import { syslogHeader, withSyslog } from './syslog.ts';

const receivedAt = Date.parse('2026-11-21T09:00:00Z');
const nine = '2026-11-21T08:30:00.000Z';

function parts(text: string, isDeclared = true): { time: string; rest: string } {
  const line = between(text);
  const time = syslogHeader(line, receivedAt, isDeclared);
  return { time: Number.isNaN(time) ? 'none' : new Date(time).toISOString(), rest: line.text() };
}

test('headers of RFC 3164 and their relatives are taken away, and their time is told', () => {
  const headers = [
    '<134>Nov 21 08:30:00 gw1 ',
    '<134>Nov 21 08:30:00 gw1 squid[123]: ',
    '<134>Nov 21 08:30:00 192.0.2.1 proxy: ',
    '<134>Nov 21 08:30:00 2001:db8::1 ',
    '<134>Nov 21 08:30:00 squid[123]: ',
    'Nov 21 08:30:00 gw1 (squid-1)[9]: ',
    'Nov 21 2026 08:30:00 gw1 : ',
    'Nov 21 08:30:00 2026 gw1 app: ',
    '<134>Nov 21 08:30:00.123456 gw1 ',
    '<134>Nov 21 09:30:00 CET gw1 ',
    '<134>*Nov 21 08:30:00: ',
    '87 <134>Nov 21 08:30:00 gw1 ',
    '<134>2026-11-21T08:30:00Z gw1 app: ',
    '2026-11-21T09:30:00.000+01:00 gw1 app[1]: ',
    '<30>2026:11:21-08:30:00 gw1 httpproxy[123]: ',
    '<134>Nov 21 08:59:59 relay <134>Nov 21 08:30:00 gw1 app: ',
    'Nov 21 08:59:59 relay1 Nov 21 08:30:00 gw1 app: ',
    'Nov 21 08:59:59 relay1 1 2026-11-21T08:30:00Z gw1 app 12 - - ',
  ];
  for (const header of headers) {
    const found = parts(`${header}x=1 y`);
    assert.equal(found.rest, 'x=1 y', header);
    assert.equal(found.time.slice(0, 19), nine.slice(0, 19), header);
  }
});

test('headers of RFC 5424 are taken away with their structured data', () => {
  const headers = [
    '<134>1 2026-11-21T08:30:00Z gw1 app 12 ID - ',
    '<134>1 2026-11-21T08:30:00.000Z gw1 - - - - \uFEFF',
    '100 <134>1 2026-11-21T09:30:00+01:00 gw1 app 12 ID [meta a="x \\] \\" y"][b@1 c="]"] ',
    '<134>1 2026-11-21 08:30:00 gw1 CheckPoint 13752 - ',
    '<134>1 2026-11-21T08:30:00Z gw1 CheckPoint 13752 - ',
  ];
  for (const header of headers) {
    const message = header.includes('CheckPoint') ? '[action:"Accept"; src:"192.0.2.1"]' : 'x=1 y';
    assert.deepEqual(parts(header + message), { time: nine, rest: message }, header);
  }
  assert.deepEqual(parts('<134>1 - gw1 app - - - x'), { time: 'none', rest: 'x' });
});

test('structured data that is the event itself stays', () => {
  const junos = 'RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" source-address="192.0.2.1"]';
  assert.deepEqual(parts(`<14>1 2026-11-21T08:30:00Z srx1 RT_FLOW - ${junos} session closed`), {
    time: nine,
    rest: `${junos} session closed`,
  });
  const bare = 'Log [event a="1"]';
  assert.deepEqual(parts(`<14>1 2026-11-21T08:30:00Z gw1 app - ${bare}`), { time: nine, rest: bare });
});

test('what is the message itself is not taken for a host or a tag', () => {
  for (const message of [
    'CEF:0|a|b|c|d|e|f|',
    'CEF: 0|a',
    'LEEF:1.0|a|b|c|d|',
    '%ASA-6-302014: Teardown',
    'date=2026-11-21 time=08:30:00',
    '1,2026/11/21 08:30:00,0',
    '{"a": 1}',
    '"quoted"',
    '[Primary Detection Engine] x: y',
  ]) {
    assert.deepEqual(parts(`<134>Nov 21 08:30:00 gw1 ${message}`), { time: nine, rest: message });
    assert.deepEqual(parts(`<134>${message}`).rest, message);
  }
  // Not RFC 5424, though it begins alike (Meraki).
  assert.deepEqual(parts('<134>1 1795249800.5 MX84 urls src=x'), {
    time: 'none',
    rest: '1 1795249800.5 MX84 urls src=x',
  });
});

test('undeclared, a record that begins with a time is left alone', () => {
  for (const record of [
    '2026-11-21 08:30:00 192.0.2.1 GET',
    '2026-11-21T08:30:00Z 192.0.2.1 GET /',
    '1795249800.123 99 192.0.2.1 TCP_MISS/200',
    '192.0.2.1 - - [21/Nov/2026:08:30:00 +0000] "GET / HTTP/1.1"',
    'Novel 21 08:30:00 x',
    '',
    '<',
    '<134',
  ]) {
    assert.deepEqual(parts(record, false), { time: 'none', rest: record });
  }
  assert.deepEqual(parts('Nov 21 08:30:00 gw1 a b', false), { time: nine, rest: 'a b' });
  assert.deepEqual(parts('2026-11-21T08:30:00Z gw1 app: a b', false), { time: nine, rest: 'a b' });
});

test('a time without year is the nearest before the log came in, or within the day after', () => {
  assert.equal(parts('<1>Dec 31 23:00:00 gw1 x').time, '2025-12-31T23:00:00.000Z');
  assert.equal(parts('<1>Nov 22 08:00:00 gw1 x').time, '2026-11-22T08:00:00.000Z');
  assert.equal(parts('<1>Nov 23 08:00:00 gw1 x').time, '2025-11-23T08:00:00.000Z');
});

test('whatever the header is made of, it comes off whole', () => {
  const name = fc
    .string({ unit: fc.constantFrom(...'abz019.-_'), minLength: 1, maxLength: 12 })
    .filter((text) => /[a-z]/.test(text));
  const pad = (value: number) => String(value).padStart(2, '0');
  const time = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-11-21'), noInvalidDate: true });
  const message = fc.constantFrom('x=1', '"a",b', 'a|b=c d', '%ASA-6-302014: x', '{}', 'CEF:0|a|b', 'GET=/ x: y');
  const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  fc.assert(
    fc.property(
      time,
      name,
      fc.option(name),
      message,
      fc.nat({ max: 191 }),
      fc.constantFrom('old', 'year', 'new', 'iso'),
      fc.boolean(),
      (at, host, tag, text, priority, form, isRelayed) => {
        const clock = `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
        const iso = `${at.toISOString().slice(0, 19)}Z`;
        const day = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`;
        const label = tag === null ? '' : `${tag}[12]: `;
        const header = {
          old: `${day} ${clock} ${host} ${label}`,
          year: `${day} 2026 ${clock} ${host} ${label}`,
          new: `1 ${iso} ${host} ${tag ?? '-'} 12 - - `,
          iso: `${iso} ${host} ${label}`,
        }[form];
        const line = `${isRelayed ? '<14>Nov 20 09:00:00 relay ' : ''}<${priority}>${header}${text}`;
        assert.deepEqual(parts(line), { time: `${at.toISOString().slice(0, 19)}.000Z`, rest: text });
      },
    ),
  );
});

test('whatever the line holds, it neither throws nor leaves it, and it never moves back', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'<134>1 Nov 21:-T09[]"=@x\\'), maxLength: 60 });
  fc.assert(
    fc.property(
      noise,
      fc.constantFrom('', '<134>1 2026-11-21T09:00:00Z ', '<134>Nov 21 09:00:00 '),
      fc.boolean(),
      (text, header, isDeclared) => {
        const places = surroundings.map((around) => {
          const line = between(header + text, around);
          const { start, end } = line;
          syslogHeader(line, receivedAt, isDeclared);
          assert.ok(line.start >= start && line.start <= end && line.end === end);
          return line.start - start;
        });
        for (const place of places) assert.equal(place, places[0]);
      },
    ),
  );
});

/** Takes the line as the URL, and the header as it comes. */
const whole = (headers: LogParser['headers'], seen: string[], ownTime = Number.NaN): LogParser => ({
  records: 'lines',
  headers,
  open: () => ({
    header: (line) => seen.push(line.text()),
    read(line, transaction) {
      transaction.url.setText(line.text());
      transaction.time = ownTime;
      return Number.isNaN(ownTime) ? 'no-time' : null;
    },
  }),
});

test('a transaction without time gets that of the header, one with a time keeps its own', async () => {
  const text = '<134>Nov 21 08:30:00 gw1 a b';
  assert.deepEqual(await readLog(withSyslog(whole('none', []), true), text), [{ time: nine, url: 'a b' }]);
  assert.deepEqual(await readLog(withSyslog(whole('none', [], 0), true), text), [
    { time: '1970-01-01T00:00:00.000Z', url: 'a b' },
  ]);
  assert.deepEqual(await readLog(withSyslog(whole('none', []), true), 'a b'), [{ skipped: 'no-time' }]);
});

test('lines that name the columns are found behind the header, too, and the line is given back as it was', async () => {
  const seen: string[] = [];
  const header = '<134>Nov 21 08:30:00 gw1 ';
  assert.deepEqual(
    await readLog(withSyslog(whole({ prefix: '#Fields:' }, seen), true), `${header}#Fields: a\n${header}x`),
    [{ skipped: 'other' }, { time: nine, url: 'x' }],
  );
  assert.deepEqual(await readLog(withSyslog(whole('first-line', seen), true), `${header}a,b`), []);
  assert.deepEqual(seen, ['#Fields: a', 'a,b']);
  const line = Line.of(`${header}x`);
  const { Transaction } = await import('./transaction.ts');
  withSyslog(whole('none', []), true).open({ receivedAt }).read(line, new Transaction());
  assert.equal(line.text(), `${header}x`);
});
