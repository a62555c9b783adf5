import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StateFolder } from '../agent-client/state-folder.ts';
import { BrokenCheckpoint, Progress } from './progress.ts';
import { queueOf } from './unacknowledged.ts';

function newFolder(context: TestContext): StateFolder {
  const path = mkdtempSync(join(tmpdir(), 'siem-agent-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return StateFolder.look(path);
}

/** As after kill -9: another process opens the folder, nothing was closed. */
const restarted = (folder: StateFolder): Progress => new Progress(folder);

test('what was committed is there after a restart', (context) => {
  const folder = newFolder(context);
  const progress = new Progress(folder);
  progress.claim('agent-1');
  progress.commit(progress.after('alerts', 'a1', 3, 1000));
  progress.commit(progress.after('activities', 'b1', 2, 2000));
  const { positions, sent, lastSentAt } = restarted(folder).checkpoint;
  assert.deepEqual(
    [positions, sent, lastSentAt],
    [{ alerts: 'a1', activities: 'b1' }, { alerts: 3, activities: 2 }, 2000],
  );
});

test('a chunk that the system had taken counts after a kill, one in doubt or not handed over does not', (context) => {
  for (const [states, position] of [
    [[], 'p1'],
    [['taken'], 'p2'],
    [['taken', 'doubtful'], 'p1'],
    [['doubtful', 'taken'], 'p2'],
  ] as const) {
    const folder = newFolder(context);
    const progress = new Progress(folder);
    progress.commit(progress.after('alerts', 'p1', 1, 1));
    const next = progress.after('alerts', 'p2', 1, 2);
    for (const state of states) progress.note(next, state);
    assert.equal(restarted(folder).checkpoint.positions.alerts, position, states.join());
    // And once more: what was found is brought to the disk by the next commit.
    const again = restarted(folder);
    again.commit(again.after('alerts', 'p3', 1, 3));
    assert.equal(restarted(folder).checkpoint.positions.alerts, 'p3');
  }
});

test('a note of a chunk before the checkpoint, or a damaged one, changes nothing', (context) => {
  const folder = newFolder(context);
  const progress = new Progress(folder);
  const next = progress.after('alerts', 'p1', 1, 1);
  progress.note(next, 'taken');
  progress.commit(next);
  progress.commit(progress.after('alerts', 'p2', 1, 1));
  assert.equal(restarted(folder).checkpoint.positions.alerts, 'p2');
  progress.note(progress.after('alerts', 'p3', 1, 1), 'taken');
  const file = join(folder.path, 'in-flight.json');
  const good = readFileSync(file, 'utf8');
  for (let at = 0; at < good.length; at += 7) {
    writeFileSync(file, `${good.slice(0, at)}~${good.slice(at + 1)}`);
    assert.ok(['p2', 'p3'].includes(restarted(folder).checkpoint.positions.alerts ?? ''));
    writeFileSync(file, good.slice(0, at));
    assert.equal(restarted(folder).checkpoint.positions.alerts, 'p2');
  }
});

test('a folder is one agent’s, and a damaged checkpoint is not passed over', (context) => {
  const folder = newFolder(context);
  const progress = new Progress(folder);
  progress.claim('agent-1');
  progress.claim('agent-1');
  assert.throws(() => restarted(folder).claim('agent-2'), BrokenCheckpoint);
  writeFileSync(join(folder.path, 'checkpoint.json'), '{"sequence":');
  assert.throws(() => restarted(folder), BrokenCheckpoint);
});

test('what the other end has not acknowledged is read from the system’s list of connections', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
    '   1: 0100007F:C350 0100007F:0202 01 0000012C:00000000 01:00000014 00000000     0        0 2 2 0 20 4 30 10 -1',
  ].join('\n');
  assert.equal(queueOf(table, 50_000, 514), 300);
  assert.equal(queueOf(table, 50_001, 514), undefined);
});
