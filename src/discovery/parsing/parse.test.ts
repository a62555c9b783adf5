import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type LogFolder, logFolder, receivedAt, squidLine, sumsOf } from '../../../test/support/traffic-logs.ts';
import { makeZip } from '../../../test/support/zip.ts';
import type { EventStore } from '../../events/events.ts';
import { LogRefused, type RefusalCode } from './refused.ts';
import { endIdleThreads } from './threads.ts';

const dayMs = 86_400_000;
let logs: LogFolder;
let events: EventStore;

before(async () => {
  logs = await logFolder();
  events = await logs.openEvents();
});

after(async () => {
  await endIdleThreads();
  await events.close();
  await logs.dispose();
});

async function refusalOf(...call: Parameters<LogFolder['parse']>): Promise<LogRefused> {
  const error = await logs.parse(...call).then(
    () => assert.fail('The log was taken.'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof LogRefused, String(error));
  assert.deepEqual(await logs.spooled(), []);
  return error;
}

async function refused(code: RefusalCode, words: RegExp, ...call: Parameters<LogFolder['parse']>): Promise<void> {
  const error = await refusalOf(...call);
  assert.equal(error.code, code);
  assert.match(error.message, words);
}

const people = ['alice', 'bob', 'CONTOSO\\alice', '-'];
const hosts = ['www.dropbox.com', 'files.dropbox.com', 'a.unknown-site-4711.com', 'WWW.Dropbox.com', 'slack.com'];

/** A log of some megabytes, and what it adds up to, counted one by one. */
function largeLog(lines: number): { text: string; sums: Map<string, number[]> } {
  const parts: string[] = [];
  const sums = new Map<string, number[]>();
  for (let index = 0; index < lines; index++) {
    const host = hosts[index % 5] ?? '';
    const user = people[index % 4] ?? '';
    const at = receivedAt - (index % 3) * dayMs - index;
    const bytes = index % 1000;
    const client = `192.0.2.${index % 200}`;
    parts.push(squidLine(host, { at, user, bytes, client }));
    const domain = host.toLowerCase().endsWith('dropbox.com')
      ? 'dropbox.com'
      : (host.split('.').slice(-2).join('.') ?? '');
    const name = user === '-' ? '' : (user.split('\\').at(-1) ?? '');
    const day = Math.floor(at / dayMs) * dayMs;
    const key = [domain, name, client, '', false, day].join('|');
    const sum = sums.get(key) ?? [0, 0, 0, 0, at, at];
    const [count = 0, up = 0, down = 0, total = 0, first = 0, last = 0] = sum;
    sums.set(key, [count + 1, up, down + bytes, total + bytes, Math.min(first, at), Math.max(last, at)]);
  }
  return { text: parts.join(''), sums };
}

test('a log adds up to the same sums however it is packed and by however many threads it is read', async () => {
  const { text, sums } = largeLog(60_000);
  const bytes = Buffer.from(text);
  const half = text.indexOf('\n', bytes.length / 2) + 1;
  const forms: [string, Buffer][] = [
    ['plain', bytes],
    ['with CRLF', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['gzip', gzipSync(bytes)],
    [
      'gzip of two members',
      Buffer.concat([gzipSync(bytes.subarray(0, 1_000_001)), gzipSync(bytes.subarray(1_000_001))]),
    ],
    [
      'zip of several files, one with a path that leads outside',
      makeZip([
        { name: 'logs/', content: '' },
        { name: '../../../../etc/cron.d/first.log', content: text.slice(0, half) },
        { name: 'C:\\windows\\second.log', content: text.slice(half), isStored: true },
      ]),
    ],
    ['zip with 64-bit sizes', makeZip([{ name: 'log', content: text, is64: true }])],
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])],
    ['UTF-16, little-endian', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['UTF-16, big-endian', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()])],
  ];
  for (const [index, [form, content]] of forms.entries()) {
    const threads = 1 + (index % 3);
    const result = await logs.parse(content, { threads });
    assert.equal(result.read, 60_000, form);
    assert.equal(result.used, 60_000, form);
    assert.deepEqual(await sumsOf(events, result, form), sums, form);
  }
  assert.deepEqual(await logs.spooled(), []);
});

test('the same log has the same hash however it is packed, another one another', async () => {
  const text = squidLine('www.dropbox.com').repeat(5000);
  const contents = [text, gzipSync(text), makeZip([{ name: 'a', content: text }]), `${text}x`];
  const hashes: string[] = [];
  for (const content of contents) {
    const result = await logs.parse(content);
    hashes.push(result.contentHash);
    await result.rows.dispose();
  }
  assert.equal(new Set(hashes.slice(0, 3)).size, 1);
  assert.notEqual(hashes[3], hashes[0]);
});

test('every record is counted once, as used or by the reason why it is not', async () => {
  const text = [
    squidLine('www.dropbox.com'),
    squidLine('www.dropbox.com', { at: receivedAt - 91 * dayMs }),
    squidLine('www.dropbox.com', { at: receivedAt + 2 * dayMs }),
    squidLine('intranet'),
    squidLine('10.1.2.3'),
    squidLine('203.0.113.9').replace('198.51.100.7', '203.0.113.9'),
    'this is no line of a log\n',
    `${'x'.repeat(70_000)}\n`,
    '\n',
    squidLine('www.dropbox.com'),
  ].join('');
  const result = await logs.parse(text, { threads: 1 });
  await result.rows.dispose();
  const { skipped } = result;
  assert.equal(result.used, 2);
  assert.equal(result.read, 9);
  assert.deepEqual(Object.fromEntries(Object.entries(skipped).filter(([, count]) => count > 0)), {
    'too-old': 1,
    'in-the-future': 1,
    internal: 2,
    'unknown-address': 1,
    malformed: 1,
    'too-long': 1,
  });
  assert.deepEqual(
    result.firstBad.map(({ line, reason }) => [line, reason]),
    [
      [2, 'too-old'],
      [3, 'in-the-future'],
      [7, 'malformed'],
      [8, 'too-long'],
    ],
  );
  assert.equal(result.firstBad[2]?.excerpt, 'this is no line of a log');
  assert.ok(result.firstBad.every(({ excerpt }) => excerpt.length <= 200));
});

test('a line of 10 MB costs itself only', async () => {
  const text = squidLine('www.dropbox.com').repeat(100);
  const result = await logs.parse(`${text}${'x'.repeat(10_000_000)}\n${text}`);
  await result.rows.dispose();
  assert.equal(result.used, 200);
  assert.equal(result.skipped['too-long'], 1);
  assert.equal(result.firstBad.length, 0);
});

test('a name in Latin-1 is read as it was meant', async () => {
  const result = await logs.parse(Buffer.from(squidLine('www.dropbox.com', { user: 'müller' }), 'latin1'));
  const [key] = [...(await sumsOf(events, result, 'latin')).keys()];
  assert.equal(key?.split('|')[1], 'müller');
});

test('a log of another kind is refused with what it looks like and its first lines', async () => {
  const fortigate =
    'date=2026-11-21 time=08:00:00 devname="fw" devid="FG1" logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=192.0.2.7 dstip=198.51.100.7 action="close" sentbyte=10 rcvdbyte=20 hostname="www.dropbox.com"\n';
  const error = await refusalOf(fortigate.repeat(20));
  assert.equal(error.code, 'format-mismatch');
  assert.match(
    error.message,
    /^Log format does not match the expected format for SQUID_NATIVE\. This looks like FORTI/,
  );
  assert.match(error.looksLike ?? '', /^FORTI/);
  assert.equal(error.firstBad[0]?.line, 1);
  assert.match(error.firstBad[0]?.excerpt ?? '', /^date=2026/);
});

test('a log that nobody knows is refused without a guess', async () => {
  const error = await refusalOf('nothing that anybody writes into a log\n'.repeat(50));
  assert.equal(error.message, 'Log format does not match the expected format for SQUID_NATIVE.');
  assert.equal(error.looksLike, null);
});

test('what is too old, or tells of no traffic to the internet, is refused in the documented words', async () => {
  await refused(
    'too-old',
    /^Transactions are more than 90 days old/,
    squidLine('a.com', { at: receivedAt - 100 * dayMs }),
  );
  await refused('nothing-cataloged', /^No transactions to cataloged cloud apps/, squidLine('intranet').repeat(10));
});

test('files that are no text, or packed otherwise, are refused with what to do', async () => {
  const random = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 256));
  await refused('unsupported-file', /not text\. Upload the log as text/, random);
  await refused('unsupported-file', /not text/, gzipSync(random));
  await refused('unsupported-file', /7-Zip/, Buffer.concat([Buffer.from('377abcaf271c', 'hex'), random]));
  await refused('unsupported-file', /UTF-16 without a byte order mark/, Buffer.from(squidLine('a.com'), 'utf16le'));
  await refused('unsupported-file', /gzip file inside/, makeZip([{ name: 'log.gz', content: gzipSync('x') }]));
  await refused('unsupported-file', /empty/, '');
  await refused('unsupported-file', /encrypted/, makeZip([{ name: 'log', content: 'x', flags: 1 }]));
  await refused('unsupported-file', /method 12/, makeZip([{ name: 'log', content: 'x', method: 12 }]));
  await refused('unsupported-file', /no file/, makeZip([{ name: 'folder/', content: '' }]));
});

test('archives that are cut off or damaged are refused, and nothing of them is counted', async () => {
  const text = largeLog(20_000).text;
  const packed = gzipSync(text);
  await refused('broken-archive', /ends in the middle/, packed.subarray(0, packed.length - 4000));
  await refused('broken-archive', /ends in the middle/, packed.subarray(0, 8));
  const damaged = Buffer.from(packed);
  damaged.fill(0x55, 20_000, 20_500);
  await refused('broken-archive', /damaged/, damaged);
  const zip = makeZip([{ name: 'log', content: text }]);
  await refused('broken-archive', /cut off/, zip.subarray(0, zip.length - 30));
  await refused('broken-archive', /damaged/, makeZip([{ name: 'log', content: text, crc: 1 }]));
  await refused(
    'broken-archive',
    /overlap/,
    makeZip([
      { name: 'a', content: text },
      { name: 'b', content: text, offset: 0 },
    ]),
  );
});

test('what unpacks to more than any log is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(90_000_000, squidLine('www.dropbox.com')), { level: 9 });
  const line = Buffer.alloc(1_000_000, 'a\n');
  await refused('too-large', /discoveryLogBytesMax/, bomb, { logBytesMax: 10_000_000 });
  const monotonous = gzipSync(Buffer.concat(Array.from({ length: 100 }, () => line)), { level: 9 });
  await refused('too-large', /times larger/, monotonous, { named: 'SQUID_NATIVE' }).catch(async () => {
    // Refused for its lines before so much of it was unpacked.
    await refused('format-mismatch', /does not match/, monotonous);
  });
});

test('more rows than allowed are refused', async () => {
  const text = Array.from({ length: 3000 }, (_, index) => squidLine('a.com', { user: `user${index}` })).join('');
  await refused('too-large', /discoveryRowsMax/, text, { rowsMax: 2000 });
});

test('a job that is given up ends at once and leaves nothing, and the next one is read', async () => {
  const controller = new AbortController();
  const reason = new Error('given up');
  const member = gzipSync(largeLog(60_000).text);
  const packed = Buffer.concat(Array.from({ length: 40 }, () => member));
  const job = logs.parse(packed, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 200);
  await assert.rejects(job, reason);
  assert.deepEqual(await logs.spooled(), []);
  await assert.rejects(logs.parse(packed, { signal: controller.signal }), reason);
  const result = await logs.parse(squidLine('www.dropbox.com'));
  assert.equal(result.used, 1);
  await result.rows.dispose();
});

test("users' names are unreadable when they are to be, and the same person stays one person", async () => {
  const text =
    squidLine('a.com', { user: 'Alice' }) +
    squidLine('a.com', { user: 'CONTOSO\\alice' }) +
    squidLine('a.com', { user: '-' });
  const result = await logs.parse(text, { anonymousKey: Buffer.alloc(32, 7) });
  const users = [...(await sumsOf(events, result, 'hidden')).keys()].map((key) => key.split('|')[1] ?? '');
  assert.equal(users.length, 2);
  assert.ok(users.includes(''));
  assert.ok(users.every((name) => !name.includes('alice')));
});

test("the tenant's own apps come before the catalogue", async () => {
  const customApps = [{ appId: 4711, domains: ['portal.contoso.example'] }];
  const result = await logs.parse(squidLine('x.portal.contoso.example'), { customApps });
  const sums = await sumsOf(events, result, 'own');
  assert.deepEqual(
    [...sums.keys()].map((key) => key.split('|')[0]),
    ['portal.contoso.example'],
  );
});
