// What holds for every parser, whatever it reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Line } from './formats/line.ts';
import { type Span, Transaction } from './formats/transaction.ts';
import { parserOf, unpublished } from './parsers.ts';
import { type LogKind, logKinds } from './sources.ts';

const kinds = (Object.keys(logKinds) as LogKind[]).filter((kind) => kind !== 'CUSTOM_PARSER'); // Its own keys.
const receivedAt = Date.parse('2026-11-21T09:00:00Z');

/** Lines of all shapes; each parser gets them all, broken at random. */
const seeds = [
  '1795251600.123    240 192.0.2.10 TCP_MISS/200 5120 GET http://www.dropbox.com/ jane%20doe HIER_DIRECT/198.51.100.7 text/html',
  '192.0.2.10 - jane [21/Nov/2026:09:00:00 +0100] "GET http://www.dropbox.com/ HTTP/1.1" 200 5120 "-" "x \\"y\\"" TCP_MISS:HIER_DIRECT',
  '#Fields: date time c-ip cs-username cs-host r-ip cs-bytes sc-bytes sc-filter-result',
  '2026-11-21 08:30:00 192.0.2.10 "CN=Jane\\, Doe,OU=x" www.box.com 198.51.100.7 640 5120 OBSERVED',
  '"21/11/2026","07:05:25","jane","PC-7","a ""b""","Allowed","x","y","www.box.com:443/","203.0.113.9","198.51.100.7","10.1.2.3"',
  '{"event":{"datetime":"2026-11-21 08:29:11","action":"Blocked","url":"mega.nz/\\u0061","ClientIP":"2001:db8::10"}}',
  'CEF:0|Zscaler|NSSWeblog|5.7|Allowed|x|3|act=Allowed dhost=www.box.com src=192.0.2.10 rt=Nov 21 2026 08:29:11 request=a\\=b',
  'LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=Allowed\tdevTime=Nov 21 2026 08:29:11 GMT\tsrc=192.0.2.10\tusrName=jane\turl=x',
  'date=2026-11-21 time=09:00:00 devname="fw" type="traffic" srcip=192.0.2.10 dstip=198.51.100.7 sentbyte=1 rcvdbyte=2 action="accept"',
  '1,2026/11/21 09:00:00,001,TRAFFIC,end,1,2026/11/21 09:00:00,192.0.2.10,198.51.100.7,0.0.0.0,0.0.0.0,rule,jane,,ssl',
  '%ASA-6-302014: Teardown TCP connection 1 for outside:198.51.100.7/443 to inside:192.0.2.10/5 duration 0:00:01 bytes 9 (jane)',
  '<e a="1" b="2"><src>192.0.2.10</src></e>',
];

const broken = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.nat({ max: 200 }),
    fc.nat({ max: 20 }),
    fc.string({ unit: fc.constantFrom(...'"\\[]{}|=,;:/ \t-<>%09az'), maxLength: 5 }),
  )
  .map(([seed, at, length, insert]) => seed.slice(0, at) + insert + seed.slice(at + length));

function isInside(span: Span, line: Line): boolean {
  return (
    span.own !== null || (span.start === 0 && span.end === 0) || (span.start >= line.start && span.end <= line.end)
  );
}

test('every kind of log has a parser, or a sentence that says why not', async () => {
  for (const kind of kinds) {
    const parser = await parserOf(kind);
    assert.equal(parser === undefined, unpublished[kind] !== undefined, kind);
  }
});

for (const kind of kinds.filter((name) => unpublished[name] === undefined)) {
  test(`${kind}: broken lines are skipped or read, and never leave their line`, async () => {
    const parser = await parserOf(kind);
    if (parser === undefined) return;
    const transaction = new Transaction();
    const lines = fc.array(fc.oneof(fc.constantFrom(...seeds), broken, fc.string({ unit: 'binary' })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(lines, fc.boolean(), (texts, hasHeader) => {
        const reader = parser.open({ receivedAt });
        for (const [index, text] of texts.entries()) {
          const line = Line.of(`"9 ${text}" 9`);
          line.start = 3;
          line.end -= 3;
          const [start, end] = [line.start, line.end];
          if (index === 0 && hasHeader && parser.headers !== 'none') {
            reader.header?.(line);
            continue;
          }
          transaction.clear();
          const skipped = reader.read(line, transaction);
          if (skipped !== null) continue;
          line.start = start;
          line.end = end;
          const { url, destination, user, source, machine } = transaction;
          for (const span of [url, destination, user, source, machine]) assert.ok(isInside(span, line), text);
          const { uploaded, downloaded, total } = transaction;
          for (const bytes of [uploaded, downloaded, total]) assert.ok(Number.isNaN(bytes) || bytes >= 0, text);
        }
      }),
      { numRuns: 300 },
    );
  });
}
