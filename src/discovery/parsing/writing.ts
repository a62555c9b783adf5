// Writes down what a thread collected, as rows of the traffic table.
import { type RowFile, RowFileWriter, TextWords } from '../../events/row-files.ts';
import { rowColumns } from '../traffic/rows.ts';
import { type Collected, dayMs } from './collector.ts';
import { entryNumbers, entryWords, numberAt, wordAt } from './sums.ts';

type RowColumn = (typeof rowColumns)[number]['name'];

const columnAt = Object.fromEntries(rowColumns.map(({ name }, index) => [name, index])) as Record<RowColumn, number>; // One for each.

export interface Written {
  readonly file: RowFile;
  readonly rowCount: number;
  /** Transactions with addresses that turned out to be nobody's: not written. */
  readonly unknownAddresses: number;
}

/** Throws what the file system throws. */
export function writeCollected(path: string, collected: Collected): Written {
  const { sums, destinations, users, sources, machines } = collected;
  const texts = {
    domains: new TextWords(destinations.map((each) => each?.domain ?? '')),
    users: new TextWords(users),
    sources: new TextWords(sources),
    machines: new TextWords(machines),
  };
  const writer = new RowFileWriter(path, rowColumns);
  const words = new Int32Array(sums.memory);
  const numbers = new Float64Array(sums.memory);
  let [rowCount, unknownAddresses] = [0, 0];
  for (const entry of byDestination(words, sums.count, destinations.length)) {
    const at = entry * entryWords;
    const number = entry * entryNumbers;
    const destination = destinations[words[at + wordAt.destination] ?? 0];
    const transactions = words[at + wordAt.transactions] ?? 0;
    if (!destination) {
      unknownAddresses += transactions;
      continue;
    }
    const day = words[at + wordAt.day] ?? 0;
    const midnight = (day >> 1) * dayMs;
    writer.writeLong(columnAt.day, midnight);
    writer.writeLong(columnAt.appId, destination.appId);
    writer.writeText(columnAt.domain, texts.domains, words[at + wordAt.destination] ?? 0);
    writer.writeText(columnAt.userName, texts.users, words[at + wordAt.user] ?? 0);
    writer.writeText(columnAt.sourceAddress, texts.sources, words[at + wordAt.source] ?? 0);
    writer.writeText(columnAt.machine, texts.machines, words[at + wordAt.machine] ?? 0);
    writer.writeFlag(columnAt.isBlocked, (day & 1) === 1);
    writer.writeLong(columnAt.transactions, transactions);
    writer.writeLong(columnAt.uploadedBytes, bounded(numbers[number + numberAt.uploaded]));
    writer.writeLong(columnAt.downloadedBytes, bounded(numbers[number + numberAt.downloaded]));
    writer.writeLong(columnAt.totalBytes, bounded(numbers[number + numberAt.total]));
    writer.writeLong(columnAt.firstSeen, midnight + (words[at + wordAt.first] ?? 0));
    writer.writeLong(columnAt.lastSeen, midnight + (words[at + wordAt.last] ?? 0));
    writer.endRow();
    rowCount++;
  }
  return { file: writer.close(), rowCount, unknownAddresses };
}

function bounded(sum = 0): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}

/** The entries ordered by destination: rows of one app lie together, which makes them small and quick to find. */
function byDestination(words: Int32Array, count: number, destinations: number): Int32Array {
  const places = new Int32Array(destinations + 1);
  for (let entry = 0; entry < count; entry++) {
    const next = (words[entry * entryWords] ?? 0) + 1;
    places[next] = (places[next] ?? 0) + 1;
  }
  for (let index = 1; index < places.length; index++) places[index] = (places[index] ?? 0) + (places[index - 1] ?? 0);
  const ordered = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const destination = words[entry * entryWords] ?? 0;
    const place = places[destination] ?? 0;
    ordered[place] = entry;
    places[destination] = place + 1;
  }
  return ordered;
}
