import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { smallDisk } from '../../test/support/small-disk.ts';
import { type Channel, Spool } from './spool.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (bytesMax = 1_000_000, segmentBytesMax = 100) => new Spool({ folder, bytesMax, segmentBytesMax });
const line = (text: string): Buffer => Buffer.from(`${text}\n`);
const textOf = (channel: Channel): string =>
  channel
    .waiting()
    .map(({ path, kind }) => (kind === 'packed' ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString())
    .join('');

test('what was appended is there after the process is gone without a word, in order', () => {
  const first = opened();
  for (let i = 0; i < 30; i++) first.channel('a').append(line(`line ${i}`), 1);
  // Nothing was closed: this is what a kill leaves.
  const second = opened();
  const expected = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
  assert.equal(textOf(second.channel('a')), expected);
  assert.equal(second.bytes, Buffer.byteLength(expected));
  const lines = second
    .channel('a')
    .waiting()
    .reduce((sum, segment) => sum + segment.lines, 0);
  assert.equal(lines, 30);
  second.channel('a').append(line('later'), 1);
  second.close();
  assert.equal(textOf(opened().channel('a')), `${expected}later\n`);
});

test('pieces are closed when they are large enough or old enough, packed in their place, and removed when they are sent', async () => {
  const spool = opened();
  const channel = spool.channel('a');
  channel.append(line('x'.repeat(120)), 1);
  assert.equal(channel.waiting().length, 1);
  channel.append(line('young'), 1);
  channel.closeOlderThan(60_000);
  assert.equal(channel.waiting().length, 1);
  channel.closeOlderThan(0);
  assert.equal(channel.waiting().length, 2);
  const [oldest] = channel.waiting();
  assert.ok(oldest);
  const packed = await channel.pack(oldest);
  assert.equal(packed?.kind, 'packed');
  assert.equal(textOf(channel), `${'x'.repeat(120)}\nyoung\n`);
  assert.equal(spool.bytes, (packed?.bytes ?? 0) + 6);
  if (packed) channel.remove(packed);
  assert.equal(textOf(channel), 'young\n');
  assert.equal(spool.bytes, 6);
});

test('at the bound the oldest piece goes first, whosever it is, and what went is counted', () => {
  const spool = opened(250, 100);
  const first = spool.channel('first');
  const second = spool.channel('second');
  first.append(line('a'.repeat(99)), 1);
  second.append(line('b'.repeat(99)), 1);
  second.append(line('c'.repeat(99)), 1);
  assert.equal(textOf(first), '');
  assert.deepEqual(first.dropped, { segments: 1, lines: 1, bytes: 100 });
  assert.equal(textOf(second), `${'b'.repeat(99)}\n${'c'.repeat(99)}\n`);
  // Nothing that is being sent is dropped: the next one is.
  const [held] = second.waiting();
  if (held) spool.held.add(held.sequence);
  first.append(line('d'.repeat(99)), 1);
  assert.equal(textOf(second), `${'b'.repeat(99)}\n`);
  assert.equal(textOf(first), `${'d'.repeat(99)}\n`);
});

test('more than all that may wait is lost, counted, and nothing else', () => {
  const spool = opened(250, 100);
  spool.channel('a').append(line('a'.repeat(299)), 3);
  assert.deepEqual(spool.channel('a').dropped, { segments: 0, lines: 3, bytes: 300 });
  spool.channel('a').append(line('b'), 1);
  spool.channel('a').closeOlderThan(0);
  assert.equal(textOf(spool.channel('a')), 'b\n');
});

test('a start tidies up what was never finished, and knows a piece that was packed beside its text', async () => {
  const spool = opened();
  spool.channel('a').append(line('x'.repeat(120)), 1);
  const [segment] = spool.channel('a').waiting();
  assert.ok(segment);
  const text = readFileSync(segment.path);
  await spool.channel('a').pack(segment);
  writeFileSync(segment.path, text);
  writeFileSync(join(folder, 'a', '7.part'), 'half a file');
  const again = opened();
  assert.equal(textOf(again.channel('a')), `${'x'.repeat(120)}\n`);
  assert.equal(readdirSync(join(folder, 'a')).length, 1);
});

test('a name that is no folder of its own is refused', () => {
  for (const name of ['..', 'a/b', '', '.']) assert.throws(() => opened().channel(name), /cannot be the name/);
});

test('whatever comes, drops and leaves, what waits and what was dropped add up, and the bound holds', () => {
  const step = fc.record({
    channel: fc.constantFrom('a', 'b'),
    bytes: fc.integer({ min: 1, max: 90 }),
    sends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      rmSync(folder, { recursive: true, force: true });
      const spool = opened(400, 60);
      let appended = 0;
      let sent = 0;
      for (const { channel, bytes, sends } of steps) {
        const target = spool.channel(channel);
        target.append(line('x'.repeat(bytes - 1)), 1);
        appended += bytes;
        assert.ok(spool.bytes <= 400);
        const [oldest] = target.waiting();
        if (sends && oldest) {
          target.remove(oldest);
          sent += oldest.bytes;
        }
      }
      const dropped = spool.channels().reduce((sum, each) => sum + each.dropped.bytes, 0);
      assert.equal(spool.bytes + dropped + sent, appended);
      spool.close();
      assert.equal(opened(400, 60).bytes, spool.bytes);
    }),
    { numRuns: 60 },
  );
});

test('a full disk is the bound: the oldest goes, and nothing empty is left to be sent', (t) => {
  const disk = smallDisk(64 * 1024);
  if (!disk) return t.skip('No disk can be mounted here.');
  try {
    const spool = new Spool({ folder: disk.path, bytesMax: 10_000_000, segmentBytesMax: 16_000 });
    const channel = spool.channel('a');
    for (let i = 0; i < 200; i++) channel.append(line(`${i} ${'x'.repeat(990)}`), 1);
    assert.ok(channel.dropped.segments > 5);
    assert.match(textOf(channel).split('\n').at(-2) ?? '', /^1\d\d /);
    // Another program takes what is left: now there is no room whatever is dropped.
    channel.closeOlderThan(0);
    for (const segment of channel.waiting()) spool.held.add(segment.sequence);
    for (const size of [4096, 1]) {
      try {
        for (let i = 0; ; i++) writeFileSync(join(disk.path, `other-${size}-${i}`), Buffer.alloc(size));
      } catch {}
    }
    const { lines } = channel.dropped;
    channel.append(line('y'.repeat(9000)), 1);
    assert.equal(channel.dropped.lines, lines + 1);
    channel.closeOlderThan(0);
    assert.ok(channel.waiting().every(({ bytes }) => bytes > 0));
  } finally {
    disk.remove();
  }
});

test('files that are still coming in are part of what the bound is of', async () => {
  const spool = opened(1000, 100);
  spool.channel('a').append(line('a'.repeat(99)), 1);
  let go = (): void => {};
  const waits = new Promise<void>((resolve) => {
    go = resolve;
  });
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(600);
    await waits;
    yield Buffer.alloc(350);
  }
  const coming = spool.channel('b').receive(content(), 10_000);
  while (spool.bytes < 700) await new Promise((resolve) => setImmediate(resolve));
  // A second one of that size has no place beside it.
  await assert.rejects(spool.channel('b').receive(content(), 10_000), /no room/);
  assert.equal(spool.bytes, 600);
  go();
  assert.equal(await coming, 950);
  assert.equal(spool.channel('b').waiting().length, 1);
  await assert.rejects(spool.channel('b').receive(content(), 500), /larger than 500/);
  assert.equal(spool.bytes, 950);
  assert.deepEqual(readdirSync(join(folder, 'b')).length, 1);
});

test('a file for which the disk has no room is refused, after the oldest pieces went, and leaves nothing', async (t) => {
  const disk = smallDisk(256 * 1024);
  if (!disk) return t.skip('No disk can be mounted here.');
  try {
    const spool = new Spool({ folder: disk.path, bytesMax: 10_000_000, segmentBytesMax: 32_000 });
    for (let i = 0; i < 150; i++) spool.channel('a').append(line('x'.repeat(990)), 1);
    async function* content(chunks: number): AsyncGenerator<Buffer> {
      for (let i = 0; i < chunks; i++) yield Buffer.alloc(10_000, 'y');
    }
    assert.equal(await spool.channel('b').receive(content(18), 10_000_000), 180_000);
    assert.ok(spool.channel('a').dropped.segments > 0);
    await assert.rejects(spool.channel('b').receive(content(40), 10_000_000), /no room/);
    assert.ok(readdirSync(join(disk.path, 'b')).every((name) => !name.endsWith('.part')));
  } finally {
    disk.remove();
  }
});

test('pieces that wait can be packed meanwhile, and one that is gone from the disk holds up nobody', async () => {
  const spool = opened(1_000_000, 100);
  const channel = spool.channel('a');
  for (let i = 0; i < 3; i++) channel.append(line('x'.repeat(199)), 1);
  const [first] = channel.waiting();
  assert.ok(first);
  rmSync(first.path);
  assert.equal(await channel.pack(first), undefined);
  assert.equal(channel.waiting().length, 2);
  assert.equal(channel.dropped.bytes, 200);
  assert.equal(spool.bytes, 400);
});
