// Custom detections on the command line, from a file to its alerts.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { beginDetections, type DetectionStory, ruleBody, withQuery } from './support/custom-detections.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let detections: DetectionStory;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
  detections = await beginDetections(server);
});
after(() => server.dispose());

test('a rule is tried, made, run, looked at, changed, switched and deleted', async (context) => {
  await detections.ingest([{ device: 'd1' }]);
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, detections.admin.user);
  const run = async (words: string[], exitCode: number = exitCodes.ok, input?: string) => {
    const done = await machine.run(words, input === undefined ? {} : { input });
    assert.equal(done.exitCode, exitCode, `${words.join(' ')}: ${done.stderr}${done.stdout}`);
    return done;
  };
  const file = join(machine.folder, 'rule.json');
  writeFileSync(file, JSON.stringify(ruleBody({ displayName: 'Tools' })));
  assert.match(
    (await run(['detection', 'dry-run', '--file', file])).stdout,
    /1 rows.*would raise 1 alerts\.\n.*high {2}Credential tool on d1/s,
  );
  assert.match((await run(['detection', 'create', file])).stdout, /The rule "Tools" is made/);
  await run(['detection', 'create', file], exitCodes.conflict);
  assert.match((await run(['detection', 'run', 'Tools'])).stdout, /^completed: 1 rows, 1 alerts\./);
  assert.match((await run(['detection', 'list'])).stdout, /Tools +enabled +1H .*completed/);
  assert.match(
    (await run(['detection', 'show', 'Tools'])).stdout,
    /Credential tool on \{\{DeviceName\}\}.*\n\nDeviceProcessEvents \| where/s,
  );
  assert.match(
    (await run(['detection', 'dry-run', 'Tools'])).stdout,
    /1 events are told of already\. A run would raise 0 alerts/,
  );
  const shown = await run(['detection', 'show', 'Tools', '--json']);
  // What was shown can be sent back.
  await run(['detection', 'update', 'Tools', '-'], exitCodes.ok, shown.stdout);
  await run(['detection', 'update', 'Tools', '-'], exitCodes.usage, JSON.stringify(withQuery('Nope')));
  await run(['detection', 'update', 'Tools', '-'], exitCodes.usage, 'no JSON');
  await run(['detection', 'disable', 'Tools']);
  await run(['detection', 'run', 'Tools'], exitCodes.conflict);
  await run(['detection', 'enable', 'Tools']);
  assert.match((await run(['detection', 'runs', 'Tools'])).stdout, /completed +1 +1 /);
  await run(['detection', 'dry-run'], exitCodes.usage);
  await run(['detection', 'show', 'Other'], exitCodes.notFound);
  await run(['detection', 'delete', 'Tools', '--yes']);
  await run(['detection', 'show', 'Tools'], exitCodes.notFound);
});
