// How far the agent has come, on its disk. `checkpoint.json` is written, synced and renamed after the SIEM took a chunk of
// messages; `in-flight.json` says, without waiting for the disk, where the checkpoint will be once the chunk that is under
// way is taken, and whether this machine's system has all of it. After kill -9 the chunk goes once more only if it was not
// noted as handed over, or if the SIEM had fallen silent. Between the system's taking it and the note of that lies an instant
// that nothing can close: a process that is killed in it sends that one chunk twice, and never loses one.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFolder } from '../agent-client/state-folder.ts';
import { number, object, text } from './records.ts';
import type { DataType } from './server-api.ts';

export interface Checkpoint {
  /** Grows with every commit. */
  readonly sequence: number;
  /** Whose it is; null before the server first said. */
  readonly agentId: string | null;
  /** Null before the first. */
  readonly positions: Readonly<Record<DataType, string | null>>;
  readonly sent: Readonly<Record<DataType, number>>;
  /** Epoch milliseconds; null before the first. */
  readonly lastSentAt: number | null;
}

const checkpointName = 'checkpoint.json';
const inFlightName = 'in-flight.json';

const none: Checkpoint = {
  sequence: 0,
  agentId: null,
  positions: { alerts: null, activities: null },
  sent: { alerts: 0, activities: 0 },
  lastSentAt: null,
};

/** The file is there and cannot be read as ours: to begin anew would send two days again, so that a person decides. */
export class BrokenCheckpoint extends Error {
  override readonly name = 'BrokenCheckpoint';
}

export class Progress {
  readonly #folder: StateFolder;
  readonly #inFlight: number;
  #checkpoint: Checkpoint;
  /** What stands in the checkpoint's file is older than #checkpoint. */
  #isUnwritten = false;

  /** Goes on where the last process of this folder ended. Throws BrokenCheckpoint, and when the disk does not take the files. */
  constructor(folder: StateFolder) {
    this.#folder = folder;
    const stored = readCheckpoint(folder);
    const after = readTaken(folder);
    this.#checkpoint = after && after.sequence === stored.sequence + 1 ? after : stored;
    this.#isUnwritten = this.#checkpoint !== stored;
    this.#inFlight = openSync(join(folder.path, inFlightName), 'a+', 0o600);
    closeSync(this.#inFlight);
    this.#inFlight = openSync(join(folder.path, inFlightName), 'r+', 0o600);
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** The checkpoint behind so many messages of a type. */
  after(type: DataType, position: string, messages: number, at: number): Checkpoint {
    const { sequence, positions, sent, lastSentAt, agentId } = this.#checkpoint;
    return {
      agentId,
      sequence: sequence + 1,
      positions: { ...positions, [type]: position },
      sent: { ...sent, [type]: sent[type] + messages },
      lastSentAt: messages > 0 ? at : lastSentAt,
    };
  }

  /** Notes that this machine's system has everything up to `next`, or that this is in doubt. Needs no room on the disk. */
  note(next: Checkpoint, state: 'taken' | 'doubtful'): void {
    const body = JSON.stringify({ state, next });
    try {
      writeSync(this.#inFlight, `${JSON.stringify({ sum: sumOf(body), body })}\n`, 0);
    } catch {
      // Without the note the chunk goes once more after a kill; the checkpoint is what must be on the disk.
    }
  }

  /** Everything up to `next` is with the SIEM; `settle` brings that to the disk. */
  take(next: Checkpoint): void {
    this.#checkpoint = next;
    this.#isUnwritten = true;
  }

  /** Takes it and settles. Throws when the disk does not take it; then `settle` is to be called. */
  commit(next: Checkpoint): void {
    this.take(next);
    this.settle();
  }

  /** Brings to the disk what is not there yet. Before the first chunk of a process too: its note writes over an older one. */
  settle(): void {
    if (!this.#isUnwritten) return;
    this.#folder.write(checkpointName, `${JSON.stringify(this.#checkpoint, null, 2)}\n`);
    this.#isUnwritten = false;
  }

  /** The folder is this agent's from now on. Throws BrokenCheckpoint when it was another's. */
  claim(agentId: string): void {
    const { agentId: owner } = this.#checkpoint;
    if (owner === agentId) return;
    if (owner !== null) {
      throw new BrokenCheckpoint(
        `${this.#folder.path} belongs to another SIEM agent (${owner}). Give each agent a folder of its own with --state.`,
      );
    }
    this.commit({ ...this.#checkpoint, sequence: this.#checkpoint.sequence + 1, agentId });
  }

  close(): void {
    closeSync(this.#inFlight);
  }
}

function sumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

/** What the agent last did, for who only looks: nothing is locked or changed. */
export function readCheckpoint(folder: Pick<StateFolder, 'read' | 'path'>): Checkpoint {
  const content = folder.read(checkpointName);
  if (content === null) return none;
  const found = parseCheckpoint(parseJson(content));
  if (found) return found;
  throw new BrokenCheckpoint(
    `${join(folder.path, checkpointName)} is damaged. Remove it to begin two days back, or put a copy of it in its place.`,
  );
}

/** The checkpoint behind a chunk that was handed over and then cut off by the end of the process. */
function readTaken(folder: StateFolder): Checkpoint | undefined {
  const [line = ''] = (folder.read(inFlightName) ?? '').split('\n', 1);
  const { sum, body } = object(parseJson(line));
  if (typeof body !== 'string' || sum !== sumOf(body)) return undefined;
  const { state, next } = object(parseJson(body));
  return state === 'taken' ? parseCheckpoint(next) : undefined;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function parseCheckpoint(value: unknown): Checkpoint | undefined {
  const given = object(value);
  const sequence = number(given.sequence);
  if (sequence === undefined) return undefined;
  const [positions, sent] = [object(given.positions), object(given.sent)];
  const position = (type: DataType) => (typeof positions[type] === 'string' ? text(positions[type]) : null);
  return {
    sequence,
    agentId: typeof given.agentId === 'string' ? given.agentId : null,
    positions: { alerts: position('alerts'), activities: position('activities') },
    sent: { alerts: number(sent.alerts) ?? 0, activities: number(sent.activities) ?? 0 },
    lastSentAt: number(given.lastSentAt) ?? null,
  };
}
