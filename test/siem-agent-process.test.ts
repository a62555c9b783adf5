// `sallyport siem-agent` against a real server and real receivers of syslog: everything once and in order, whatever stops.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { raise, sampleDraft } from './support/alerts.ts';
import { makeTestAuthority } from './support/authorities.ts';
import { until } from './support/child-server.ts';
import { testStart } from './support/clock.ts';
import { auditRecord } from './support/ingestion.ts';
import { freePort } from './support/postgres-server.ts';
import { type Person, startTestServer, type TestServer } from './support/server.ts';
import { newStateFolder, runAgentHere, startAgentProcess } from './support/siem-agent-process.ts';
import { type MintedAgent, SiemCalls } from './support/siem-agents.ts';
import { startDatagramReceiver, startStreamReceiver } from './support/siem-receiver.ts';

let server: TestServer;
let calls: SiemCalls;
before(async () => {
  server = await startTestServer({ settings: { agentRequestsPerMinute: 1_000_000 } });
  calls = new SiemCalls(server);
});
after(() => server.dispose());

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
/** The numbers of the activities in messages. */
const numbersIn = (messages: readonly string[]) =>
  messages.flatMap((message) => {
    const number = /msg=Download file: plan (\d+)/.exec(message)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
async function agentFor(port: number, body: object = {}): Promise<{ admin: Person; minted: MintedAgent }> {
  const admin = await calls.person();
  const minted = await calls.made(admin, { remoteHost: '127.0.0.1', remotePort: port, ...body });
  return { admin, minted };
}
const ingest = (as: Person, from: number, to: number) =>
  calls.ingest(as, ...range(from, to).map((n) => auditRecord(n)));
const shown = (as: Person, id: string, isWanted: (title: string) => boolean) =>
  until(
    () => calls.show(as, id),
    ({ problems }) => isWanted(problems[0]?.title ?? ''),
  );

describe('what arrives', () => {
  test('alerts and activities, each once and in order, late ones when they come in', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port, { includesSystemName: true, includesPri: true });
    await ingest(admin, 0, 20);
    await raise(server.services, admin.tenant.id, [sampleDraft(1)]);
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    await receiver.until(21);
    await calls.ingest(admin, auditRecord(500, { CreationTime: '2026-10-01T08:00:00' }));
    await ingest(admin, 20, 30);
    await receiver.until(32);
    assert.deepEqual(numbersIn(receiver.messages), [...range(0, 20), 500, ...range(20, 30)]);
    const [alert, activity] = [receiver.messages.find((each) => each.includes('|ALERT_')), receiver.messages.at(-1)];
    assert.match(
      alert ?? '',
      /^<12>2026-11-21T09:00:01\.000Z collector-1 CEF:0\|MCAS\|SIEM_Agent\|0\.1\.0\|ALERT_ANUBIS_DETECTION_VELOCITY\|Impossible travel 1\|6\|externalId=[0-9a-f]{24} start=/,
    );
    assert.match(
      alert ?? '',
      / suser=ada@contoso\.example destinationServiceName=Exchange Online .* cs2=APPID_OUTLOOK /i,
    );
    assert.match(
      activity ?? '',
      /^<14>2026-11-20T08:00:29\.000Z collector-1 CEF:0\|MCAS\|SIEM_Agent\|0\.1\.0\|EVENT_CATEGORY_DOWNLOAD_FILE\|Download file\|0\|externalId=/,
    );
    const state = await until(
      () => calls.show(admin, minted.agent.id),
      ({ activitiesSent }) => activitiesSent === 31,
    );
    assert.deepEqual([state.status, state.alertsSent, state.problems], ['connected', 1, []]);
    await agent.stop();
    assert.equal(receiver.messages.length, 32);
  });

  test('nothing twice and nothing lost across stops and starts', async (context) => {
    const receiver = await startStreamReceiver({ octetCounting: true });
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port);
    const folder = newStateFolder(context);
    for (let round = 0; round < 4; round++) {
      await ingest(admin, round * 300, round * 300 + 300);
      const agent = runAgentHere(server, minted.value, folder, { framing: 'octet-counting' });
      await receiver.until(round === 3 ? 1200 : round * 300 + 120);
      await agent.stop();
    }
    assert.deepEqual(numbersIn(receiver.messages), range(0, 1200));
  });

  test('over TLS the SIEM is checked, and may ask who the agent is', async (context) => {
    const [authority, other] = [await makeTestAuthority(), await makeTestAuthority()];
    const pair = await authority.serverPair({ names: ['localhost'] });
    const receiver = await startStreamReceiver({ tls: { ...pair, requestCert: true, rejectUnauthorized: false } });
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port, { remoteHost: 'localhost', protocol: 'tls' });
    await ingest(admin, 0, 5);
    const folder = newStateFolder(context);
    const tls = { ca: other.root, certificate: null, key: null };
    const mistaken = runAgentHere(server, minted.value, folder, { tls });
    const { problems } = await shown(admin, minted.agent.id, (title) => title === 'Data server connection error');
    assert.match(problems[0]?.detail ?? '', /No secure connection with localhost:\d+ could be made/);
    await mistaken.stop();
    assert.equal(receiver.messages.length, 0);
    const agent = runAgentHere(server, minted.value, folder, {
      tls: { ca: authority.root, certificate: pair.cert, key: pair.key },
    });
    await receiver.until(5);
    await agent.stop();
    assert.deepEqual(numbersIn(receiver.messages), range(0, 5));
    assert.deepEqual(receiver.shown, ['Test receiver']);
  });

  test('over UDP one message a datagram, and none to where nobody listens', async (context) => {
    const port = await freePort();
    const { admin, minted } = await agentFor(port, { protocol: 'udp', timeFormat: 'rfc3164-with-year' });
    await ingest(admin, 0, 50);
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    await shown(admin, minted.agent.id, (title) => title === 'Data server send error');
    const receiver = await startDatagramReceiver(port);
    context.after(() => receiver.close());
    await receiver.until(50);
    await agent.stop();
    assert.deepEqual(numbersIn(receiver.messages), range(0, 50));
    assert.match(receiver.messages[0] ?? '', /^Nov 20 2026 08:00:00 CEF:0\|/);
  });
});

describe('a SIEM that is away', () => {
  test('is reported, nothing more is read, and all of it arrives when it is back', async (context) => {
    const port = await freePort();
    const { admin, minted } = await agentFor(port);
    await ingest(admin, 0, 100);
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    const { problems, status } = await shown(
      admin,
      minted.agent.id,
      (title) => title === 'Data server connection error',
    );
    assert.deepEqual([problems[0]?.detail, status], [`Nothing listens at 127.0.0.1:${port}.`, 'connected']);
    await ingest(admin, 100, 150);
    const receiver = await startStreamReceiver({ port });
    context.after(() => receiver.close());
    await receiver.until(150);
    await shown(admin, minted.agent.id, (title) => title === '');
    await agent.stop();
    assert.deepEqual(numbersIn(receiver.messages), range(0, 150));
  });

  test('that ends its connections in good order loses and doubles nothing', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port);
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    await ingest(admin, 0, 2000);
    for (const count of [100, 600, 1100]) {
      await receiver.until(count);
      receiver.hangUp();
    }
    await receiver.until(2000);
    await agent.stop();
    assert.deepEqual(numbersIn(receiver.messages), range(0, 2000));
  });

  test('that reads nothing makes the agent wait', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port);
    receiver.pause(true);
    // More than the systems of both ends hold between them.
    const long = 'x'.repeat(3900);
    await calls.ingest(admin, ...range(0, 4000).map((n) => auditRecord(n, { UserAgent: `${long} ${n}` })));
    const folder = newStateFolder(context);
    const agent = runAgentHere(server, minted.value, folder);
    const sent = await until(
      async () => readSent(folder),
      (count) => count > 0,
    );
    assert.ok(sent < 4000, `${sent}`);
    receiver.pause(false);
    await receiver.until(4000);
    await agent.stop();
    assert.deepEqual(numbersIn(receiver.messages), range(0, 4000));
  });
});

test('a state folder that cannot be written makes the agent wait; nothing is sent twice when it can be', async (context) => {
  const receiver = await startStreamReceiver();
  context.after(() => receiver.close());
  const { admin, minted } = await agentFor(receiver.port);
  const folder = newStateFolder(context);
  const agent = runAgentHere(server, minted.value, folder);
  await ingest(admin, 0, 3);
  await receiver.until(3);
  await until(
    async () => readSent(folder),
    (sent) => sent === 3,
  );
  // As a full disk does, this lets no new file be written.
  mkdirSync(join(folder, 'checkpoint.json.new'));
  await ingest(admin, 3, 6);
  const { problems } = await shown(admin, minted.agent.id, (title) => title === 'SIEM agent error');
  assert.match(problems[0]?.detail ?? '', /The state folder cannot be written \(EISDIR\)/);
  await ingest(admin, 6, 9);
  assert.equal(receiver.messages.length, 6, 'it waits');
  rmdirSync(join(folder, 'checkpoint.json.new'));
  await receiver.until(9);
  await agent.stop();
  assert.deepEqual(numbersIn(receiver.messages), range(0, 9));
});

function readSent(folder: string): number {
  try {
    return JSON.parse(readFileSync(join(folder, 'checkpoint.json'), 'utf8')).sent.activities;
  } catch {
    return 0; // Not there yet.
  }
}

describe('settings', () => {
  test('an edit, a pause and another target take effect on the running agent', async (context) => {
    const [first, second] = [await startStreamReceiver(), await startStreamReceiver()];
    context.after(() => Promise.all([first.close(), second.close()]));
    const { admin, minted } = await agentFor(first.port);
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    await ingest(admin, 0, 3);
    await first.until(3);
    await calls.act(admin, `/${minted.agent.id}`, 'PATCH', { remotePort: second.port, timeFormat: 'rfc3164' });
    await until(
      async () => agent.lines.length,
      () => agent.lines.filter((line) => line.includes(' sends.')).length === 2,
    );
    await ingest(admin, 3, 6);
    await second.until(3);
    assert.match(second.messages[0] ?? '', /^Nov 20 08:00:03 CEF/);
    await calls.act(admin, `/${minted.agent.id}/disable`);
    await until(
      async () => agent.lines.at(-1),
      (line) => line?.includes('is disabled') === true,
    );
    await ingest(admin, 6, 9);
    await calls.act(admin, `/${minted.agent.id}/enable`);
    await second.until(6);
    assert.deepEqual(numbersIn(second.messages), range(3, 9));
    assert.equal(first.messages.length, 3);
    await agent.stop();
  });

  test('another name is taken over', async (context) => {
    const { admin, minted } = await agentFor(await freePort());
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    const said = (sentence: string) =>
      until(
        async () => agent.lines.join(),
        (lines) => lines.includes(sentence),
      );
    await said(' sends.');
    await calls.act(admin, `/${minted.agent.id}`, 'PATCH', { name: 'renamed' });
    await said('renamed sends.');
    await agent.stop();
  });

  test('a wrong target that is corrected needs no restart', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(await freePort());
    await ingest(admin, 0, 10);
    const agent = runAgentHere(server, minted.value, newStateFolder(context));
    await shown(admin, minted.agent.id, (title) => title === 'Data server connection error');
    await calls.act(admin, `/${minted.agent.id}`, 'PATCH', { remotePort: receiver.port });
    await receiver.until(10);
    await agent.stop();
    assert.deepEqual(numbersIn(receiver.messages), range(0, 10));
  });
});

/** The numbers but for runs that go back to what came just before; how long each of these was. */
function withoutRepeats(numbers: readonly number[]): { once: number[]; repeats: number[] } {
  const once: number[] = [];
  const repeats: number[] = [];
  for (const [index, number] of numbers.entries()) {
    const last = once.at(-1) ?? -1;
    if (number > last) once.push(number);
    else if (number === (numbers[index - 1] ?? -1) + 1 && repeats.length > 0) repeats.push((repeats.pop() ?? 0) + 1);
    else repeats.push(1);
  }
  return { once, repeats };
}

describe('the process', () => {
  test('kill -9 at any moment loses nothing, keeps the order, and repeats one chunk at the very most', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port);
    const folder = newStateFolder(context);
    const total = 6000;
    await ingest(admin, 0, total);
    for (let round = 0; round < 6; round++) {
      const agent = startAgentProcess(server, minted.value, folder);
      await receiver.until(Math.min(total, receiver.messages.length + 130 + round * 170));
      await agent.end('SIGKILL');
    }
    const agent = startAgentProcess(server, minted.value, folder);
    await until(
      async () => numbersIn(receiver.messages.slice(-1))[0],
      (last) => last === total - 1,
    );
    assert.equal(await agent.end('SIGTERM'), 0, agent.output());
    const { once, repeats } = withoutRepeats(numbersIn(receiver.messages));
    assert.deepEqual(once, range(0, total));
    // A kill between the system's taking a chunk and the note of it, which has no length that a test could count on.
    assert.ok(repeats.length <= 6 && repeats.every((count) => count <= 100), repeats.join());
    assert.ok(!agent.output().includes(minted.value.slice(5, 30)), 'the token is in no line');
  });

  test('SIGTERM ends it cleanly, also while the SIEM is away; the state tells how it is', async (context) => {
    const { admin, minted } = await agentFor(await freePort());
    await ingest(admin, 0, 5);
    const folder = newStateFolder(context);
    const agent = startAgentProcess(server, minted.value, folder, ['--logs-directory', join(folder, 'logs')]);
    await shown(admin, minted.agent.id, (title) => title === 'Data server connection error');
    assert.equal(await agent.end('SIGTERM'), 0, agent.output());
    assert.match(
      readFileSync(join(folder, 'logs', 'siem-agent.log'), 'utf8'),
      /error Data server connection error: Nothing listens/,
    );
    const status = JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8'));
    assert.deepEqual([status.name, status.isStopped, status.sent.activities], ['siem-1', true, 0]);
  });

  test('a token that is replaced stops it, saying what to do; with the new one it goes on', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port);
    await ingest(admin, 0, 3);
    const folder = newStateFolder(context);
    const agent = startAgentProcess(server, minted.value, folder);
    await receiver.until(3);
    const renewed = (await calls.act(admin, `/${minted.agent.id}/regenerate`)).json<MintedAgent>();
    assert.equal(await agent.ended, 3, agent.output());
    assert.match(agent.output(), /Invalid token: the server does not know it\./);
    await ingest(admin, 3, 6);
    const next = startAgentProcess(server, renewed.value, folder);
    await receiver.until(6);
    await next.end('SIGTERM');
    assert.deepEqual(numbersIn(receiver.messages), range(0, 6));
  });

  test('files that are no certificate are refused at the start', async (context) => {
    const agent = startAgentProcess(server, 'a-token', newStateFolder(context), ['--siem-ca', import.meta.filename]);
    assert.equal(await agent.ended, 2, agent.output());
    assert.match(agent.output(), /--siem-ca cannot be /);
  });

  test('a folder is for one agent and one process', async (context) => {
    const receiver = await startStreamReceiver();
    context.after(() => receiver.close());
    const { admin, minted } = await agentFor(receiver.port);
    await ingest(admin, 0, 1);
    const folder = newStateFolder(context);
    const agent = startAgentProcess(server, minted.value, folder);
    await receiver.until(1);
    const second = startAgentProcess(server, minted.value, folder);
    assert.equal(await second.ended, 6, second.output());
    await agent.end('SIGTERM');
    const other = await calls.made(admin, { name: 'siem-2' });
    const third = startAgentProcess(server, other.value, folder);
    assert.equal(await third.ended, 9, third.output());
    assert.match(third.output(), /belongs to another SIEM agent/);
  });
});

test('a server that is away, or throttles, is waited for', async (context) => {
  const receiver = await startStreamReceiver();
  context.after(() => receiver.close());
  const own = await startTestServer({ settings: { agentRequestsPerMinute: 2 } });
  context.after(() => own.dispose());
  const there = new SiemCalls(own);
  const admin = await there.person();
  const minted = await there.made(admin, { remoteHost: '127.0.0.1', remotePort: receiver.port });
  await there.ingest(admin, auditRecord(1));
  const agent = runAgentHere(own, minted.value, newStateFolder(context));
  await until(
    async () => agent.lines.join('\n'),
    (lines) => /The server answered 429: Request was throttled/.test(lines),
  );
  // The limit is counted by the test's clock, the waiting by the real one.
  own.services.testClock.moveTo(testStart + 61_000);
  await agent.stop();
  const away = runAgentHere({ port: await freePort() }, minted.value, newStateFolder(context));
  await until(
    async () => away.lines.join('\n'),
    (lines) => lines.includes('Nothing listens at the address of the server.'),
  );
  await away.stop();
});
