import assert from 'node:assert/strict';
import { Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/postgres-server.ts';
import { startDatagramReceiver, startStreamReceiver } from '../../test/support/siem-receiver.ts';
import { StateFolder } from '../agent-client/state-folder.ts';
import { DatagramSender } from './datagram-sender.ts';
import { Delivery } from './delivery.ts';
import { Problems } from './problems.ts';
import { Progress } from './progress.ts';
import { SendFailure } from './sender.ts';
import type { Settings } from './settings.ts';

const settingsFor = (remotePort: number): Settings => ({
  ...{ id: 'agent-1', name: 'splunk-1', portalUrl: 'https://contoso.sallyport.example', isEnabled: true, revision: 1 },
  target: {
    ...{ format: 'generic-cef', timeFormat: 'rfc5424', includesPri: false, includesSystemName: false },
    ...{ remoteHost: '127.0.0.1', remotePort, protocol: 'tcp', sends: { alerts: true, activities: true } },
  },
});

function newFolder(context: TestContext): StateFolder {
  const path = mkdtempSync(join(tmpdir(), 'siem-agent-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return StateFolder.look(path);
}

function newDelivery(progress: Progress, stop: AbortSignal): Delivery {
  const tls = { ca: null, certificate: null, key: null };
  const options = { version: '1', systemName: 'a', framing: 'lines', tls, datagramBytesMax: 8192 } as const;
  return new Delivery(options, progress, new Problems(() => {}), () => {}, stop);
}

test('what one killed process had handed over does not go again after the kill of the next one', async (context) => {
  const folder = newFolder(context);
  const first = new Progress(folder);
  first.commit(first.after('activities', 'p1', 1, 1));
  first.note(first.after('activities', 'p2', 1, 2), 'taken');
  // It is killed here. The next one gives the next chunk over, and is killed before that is on the disk.
  const receiver = await startStreamReceiver();
  context.after(() => receiver.close());
  const stop = new AbortController();
  const delivery = newDelivery(new Progress(folder), stop.signal);
  context.after(() => delivery.close());
  const items = [{ position: 'p3', record: { _id: 'three' } }];
  const changed = new AbortController().signal;
  const delivering = delivery.deliver('activities', items, { settings: settingsFor(receiver.port), changed });
  await receiver.until(1);
  assert.equal(new Progress(folder).checkpoint.positions.activities, 'p3');
  await delivering;
});

test('what a reset may have cost goes again without a new message to take it along', async (context) => {
  let [came, resets]: [string, number] = ['', 0];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      came += String(chunk);
      // The second chunk of the first connection, which has stood for a second by then.
      if (resets > 0 || !came.includes('two')) return;
      resets++;
      setTimeout(() => socket.resetAndDestroy(), 100);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const delivery = newDelivery(new Progress(newFolder(context)), new AbortController().signal);
  context.after(() => {
    delivery.close();
    server.close();
  });
  const changed = new AbortController().signal;
  const how = { settings: settingsFor(port), changed };
  await delivery.deliver('activities', [{ position: 'p1', record: { _id: 'one' } }], how);
  await delivery.deliver('activities', [{ position: 'p2', record: { _id: 'two' } }], how);
  for (const endsAt = Date.now() + 60_000; came.split('externalId=two').length < 3; await sleep(20)) {
    assert.ok(Date.now() < endsAt);
    await delivery.repeat(changed);
  }
  assert.equal(came.split('externalId=one').length, 2);
});

const handing = { taken() {}, doubtful() {} };

test('UDP: a late refusal of earlier messages does not make later ones go twice', async (context) => {
  const receiver = await startDatagramReceiver(await freePort());
  context.after(() => receiver.close());
  const connecting = context.mock.method(Socket.prototype, 'connect');
  const sender = new DatagramSender({ host: '127.0.0.1', port: receiver.port, bytesMax: 8192 });
  context.after(() => sender.close());
  await sender.send(['one'], handing);
  const socket = connecting.mock.calls[0]?.this;
  assert.ok(socket instanceof Socket);
  // What the system says when the answer of a machine far away comes behind the time that is waited for it.
  socket.emit('error', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  await sender.send(['two'], handing);
  await receiver.until(2);
  assert.deepEqual(receiver.messages, ['one', 'two']);
});

test('UDP: where there is no way, no socket is left behind', async (context) => {
  const closing = context.mock.method(Socket.prototype, 'close');
  // A zone that no interface has.
  const sender = new DatagramSender({ host: 'fe80::1%nowhere', port: 514, bytesMax: 8192 });
  await assert.rejects(sender.send(['one'], handing), SendFailure);
  assert.equal(closing.mock.callCount(), 1);
});

test('a problem is one line that the server takes, whatever the system says', () => {
  const problems = new Problems(() => {});
  problems.set('connection', `first\nsecond\u0000${'x'.repeat(600)}`);
  const [{ detail } = { detail: '' }] = problems.list;
  assert.match(detail, /^first second x+$/);
  assert.equal(detail.length, 500);
});
