// One request that brings a gigabyte of activities to a whole server: every sound line is stored and evaluated once, every
// bad one is reported, and the server's memory stays within a bound that has nothing to do with the size.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEventStore } from '../src/events/events.ts';
import { sql } from '../src/events/sql.ts';
import { awayFromMidnight, type ChildMemory, ChildServer, type IngestCounts, until } from './support/child-server.ts';
import { auditRecord } from './support/ingestion.ts';
import { testStoreKind } from './support/store.ts';

const ingestionBytes = 1_000_000_000;
const againBytes = 100_000_000;
/**
 * So much more than before a server may take at most: what the setting eventMemoryBytesMax gives the event store, and twice
 * that for batches under way, the records of ranges that are being followed, and memory that nobody has given back yet.
 */
const growthBytes = 3 * 512 * 1024 * 1024;
const fillerBytes = 12_000;
const users = 2000;
const badEvery = 1000;
const dailyAlertLimit = 5;

/** Text without any repetition that storing could save space by. */
const noise = randomBytes(3_000_000).toString('base64');

/** Lines of about twelve kilobytes; each thousandth is bad, in turns in another way. */
class Lines {
  readonly #time: string;
  readonly #bytesMax: number;
  readonly bad: number[] = [];
  sound = 0;
  count = 0;

  constructor(time: string, bytesMax: number) {
    this.#time = time;
    this.#bytesMax = bytesMax;
  }

  /** `half` is called when half of them have gone. */
  async *chunks(half: () => void = () => {}): AsyncIterable<Buffer> {
    let bytes = 0;
    while (bytes < this.#bytesMax) {
      const lines: Buffer[] = [];
      for (let n = 0; n < 50; n++) lines.push(this.#next());
      const chunk = Buffer.concat(lines);
      if (bytes < this.#bytesMax / 2 && bytes + chunk.length >= this.#bytesMax / 2) half();
      bytes += chunk.length;
      yield chunk;
    }
  }

  #next(): Buffer {
    this.count++;
    if (this.count % badEvery !== 0) {
      this.sound++;
      return Buffer.from(this.#record(this.count));
    }
    this.bad.push(this.count);
    const kinds = [
      () => Buffer.from(`${this.#record(this.count).slice(0, 5000)}\n`),
      () => Buffer.from('{"Operation":"FileDownloaded"}\n'),
      () => Buffer.from(`{"Id":"${'x'.repeat(1_100_000)}"}\n`),
      () => Buffer.concat([Buffer.from([0x7b, 0x22, 0xff, 0xfe]), Buffer.from('"}\n')]),
    ];
    return kinds[this.bad.length % kinds.length]?.() ?? Buffer.alloc(0);
  }

  #record(number: number): string {
    const from = (number * 7919) % (noise.length - fillerBytes);
    const changes = {
      CreationTime: this.#time,
      UserId: `user${number % users}@contoso.example`,
      Operation: 'FileAccessed',
      ExtendedProperties: [{ Name: 'Details', Value: '' }],
    };
    const text = JSON.stringify(auditRecord(number, changes));
    return `${text.slice(0, -4)}${noise.slice(from, from + fillerBytes)}${text.slice(-4)}\n`;
  }
}

interface Report {
  readonly items: readonly { readonly alert: string | null }[];
  readonly today: { readonly matches: number; readonly alerts: number; readonly heldBack: number };
}

/** The second after this one, as the provider writes times: after whatever was done until now. */
function nextSecond(): string {
  return new Date(Math.floor(Date.now() / 1000) * 1000 + 1000).toISOString().slice(0, 19);
}

test('a gigabyte in one request is stored and evaluated once, in bounded memory, and once only when it is sent again', {
  // The event store is the same whatever the control store is, and the alerts are few.
  skip: testStoreKind !== 'sqlite' && 'on SQLite only',
}, async (context) => {
  await awayFromMidnight();
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-large-'));
  let server = await ChildServer.start(folder);
  try {
    const { id } = await server.read<{ id: string }>('/management/v1/policies', {
      name: 'Everything',
      filters: { actionType: { eq: ['FileAccessed'] } },
      dailyAlertLimit,
    });
    const report = () => server.read<Report>(`/management/v1/policies/${id}/matches`);
    const time = nextSecond();
    const before = server.memory();

    const lines = new Lines(time, ingestionBytes);
    const begun = performance.now();
    let atHalf: ChildMemory | undefined;
    const counts = await server.ingest(
      lines.chunks(() => {
        atHalf = server.memory();
      }),
    );
    const seconds = (performance.now() - begun) / 1000;
    assertCounts(counts, lines, { stored: lines.sound, duplicates: 0 });

    const { today } = await until(report, ({ today }) => today.matches >= lines.sound);
    assert.deepEqual(today, {
      ...{ matches: lines.sound, alerts: dailyAlertLimit, heldBack: lines.sound - dailyAlertLimit },
    });

    const after = server.memory();
    if (before && atHalf && after) {
      const sizes = [before.now, atHalf.most, after.most].map((bytes) => `${(bytes / 1_000_000).toFixed(0)} MB`);
      const said = `${counts.stored} activities in ${seconds.toFixed(0)} s; memory before, at most until half, at most: ${sizes.join(', ')}`;
      context.diagnostic(said);
      assert.ok(after.most - before.now <= growthBytes, said);
    }

    const again = new Lines(time, againBytes);
    assertCounts(await server.ingest(again.chunks()), again, { stored: 0, duplicates: again.sound });

    // A request beyond the limit is told so while it is still being sent, and what it brought counts once as well.
    await server.kill();
    server = await ChildServer.start(folder, { SALLYPORT_INGEST_BYTES_MAX: '20000000' });
    const tooMuch = new Lines(time, againBytes);
    const refusal = await server.send('/management/v1/ingest/activities', tooMuch.chunks(), 'application/x-ndjson');
    assert.equal(refusal.status, 413, refusal.text);
    assert.match(refusal.text, /larger than 20000000 bytes \(setting ingestBytesMax\)\. Send it in parts\./);
    assert.ok(tooMuch.count < again.count, 'The refusal came after the end.');
    const last = await until(report, ({ today: { matches } }) => matches >= lines.sound);
    assert.deepEqual(last.today, today);
    assert.ok(last.items.length > 0);

    await server.kill();
    assert.deepEqual(await countStored(folder), [lines.sound, lines.sound]);
  } finally {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
});

function assertCounts(
  counts: IngestCounts,
  lines: Lines,
  expected: { readonly stored: number; readonly duplicates: number },
): void {
  const { problems, ...rest } = counts;
  assert.deepEqual(rest, { received: lines.count, rejected: lines.bad.length, ...expected });
  assert.deepEqual(
    problems.map(({ line }) => line),
    lines.bad.slice(0, 100),
  );
  for (const said of [/not JSON/, /has no Id/, /longer than 1048576 bytes/, /not valid UTF-8/]) {
    assert.ok(
      problems.some(({ reason }) => said.test(reason)),
      `${said} among the problems`,
    );
  }
}

/** Activities on the disk, and how many ids they have. */
async function countStored(folder: string): Promise<number[]> {
  const events = await openEventStore({
    folder,
    memoryBytesMax: 512 * 1024 * 1024,
    querySecondsMax: 60,
    queriesAtOnceMax: 1,
  });
  try {
    const [row = []] = await events.query(sql`select count(*), count(distinct "id") from "activities"`);
    return row.map(Number);
  } finally {
    await events.close();
  }
}
