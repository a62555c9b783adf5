import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { AsnIndex, buildAsnIndex, loadAsnIndex } from './asn-index.ts';

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-asn-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const bytesOf = (address: string): number[] => ipaddr.process(address).toByteArray();
const wide = (address: string): string =>
  BigInt(`0x${Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex')}`).toString();

function writeSources(folder: string): [file4: string, file6: string] {
  const file4 = join(folder, '4.csv');
  const file6 = join(folder, '6.csv');
  writeFileSync(
    file4,
    '16777216,16777471,13335,"Cloudflare, Inc."\n3221225984,3221226239,64500,"The ""Best"" Net"\r\n3325256704,3325256959,64501,Zürich AG',
  );
  writeFileSync(
    file6,
    `${wide('2001:db8::')},${wide('2001:db8:0:ffff:ffff:ffff:ffff:ffff')},64500,"The ""Best"" Net"\n${wide('ff00::')},${wide('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')},64502,\n`,
  );
  return [file4, file6];
}

test('addresses inside of a range find its system, those beside it find nothing', async (context) => {
  const index = await buildAsnIndex(...writeSources(folderOf(context)));
  assert.deepEqual(index.find(bytesOf('1.0.0.0')), { number: 13335, name: 'Cloudflare, Inc.' });
  assert.deepEqual(index.find(bytesOf('1.0.0.255')), { number: 13335, name: 'Cloudflare, Inc.' });
  assert.deepEqual(index.find(bytesOf('192.0.2.1')), { number: 64500, name: 'The "Best" Net' });
  assert.deepEqual(index.find(bytesOf('198.51.100.200')), { number: 64501, name: 'Zürich AG' });
  assert.deepEqual(index.find(bytesOf('2001:db8::1')), { number: 64500, name: 'The "Best" Net' });
  assert.deepEqual(index.find(bytesOf('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')), { number: 64502, name: '' });
  for (const outside of [
    '0.255.255.255',
    '1.0.1.0',
    '192.0.3.0',
    '255.255.255.255',
    '2001:db7::',
    '2001:db8:1::',
    '::',
  ]) {
    assert.equal(index.find(bytesOf(outside)), undefined, outside);
  }
});

test('the kept file gives the same answers, and a damaged one is made anew', async (context) => {
  const folder = folderOf(context);
  const [file4, file6] = writeSources(folder);
  const cache = join(folder, 'cache', 'asn.index');
  await loadAsnIndex(cache, file4, file6);
  const whole = readFileSync(cache);
  assert.deepEqual(readdirSync(join(folder, 'cache')), ['asn.index']);
  rmSync(file4);
  const kept = await loadAsnIndex(cache, file4, file6);
  assert.equal(kept.find(bytesOf('1.0.0.7'))?.number, 13335);

  for (const damaged of [
    whole.subarray(0, -1),
    whole.subarray(0, 10),
    Buffer.alloc(0),
    Buffer.from('not an index at all, but long enough'),
  ]) {
    assert.equal(AsnIndex.fromFile(damaged), undefined);
  }
  writeSources(folder);
  writeFileSync(cache, whole.subarray(0, 40));
  assert.equal((await loadAsnIndex(cache, file4, file6)).find(bytesOf('1.0.0.7'))?.number, 13335);
  assert.deepEqual(readFileSync(cache), whole);
});

test('the search agrees with looking at every range', async (context) => {
  const folder = folderOf(context);
  const empty = join(folder, 'empty.csv');
  writeFileSync(empty, '');
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 2, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      cuts,
      fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 40 }),
      async (points, probes) => {
        const sorted = points.toSorted((left, right) => left - right);
        const ranges: [number, number, number][] = [];
        for (let at = 0; at + 1 < sorted.length; at += 2)
          ranges.push([sorted[at] ?? 0, sorted[at + 1] ?? 0, 64512 + at]);
        const file = join(folder, 'ranges.csv');
        writeFileSync(file, ranges.map(([start, end, system]) => `${start},${end},${system},Net ${system}\n`).join(''));
        const index = await buildAsnIndex(file, empty);
        for (const probe of [...probes, ...sorted]) {
          const expected = ranges.find(([start, end]) => start <= probe && probe <= end)?.[2];
          const bytes = [probe >>> 24, (probe >>> 16) & 255, (probe >>> 8) & 255, probe & 255];
          assert.equal(index.find(bytes)?.number, expected);
        }
      },
    ),
    { numRuns: 50 },
  );
});
