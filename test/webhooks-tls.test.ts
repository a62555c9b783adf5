// Webhooks over https: to receivers whose certificate leads to an authority that the operator trusts, and to no others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayMs } from '../src/lib/clock.ts';
import { type Leaf, makeTestAuthority, type TestAuthority } from './support/authorities.ts';
import { expectedSignature, type HookReceiver, startHookReceiver } from './support/receivers.ts';
import { startTrustingServer, type TrustingServer } from './support/trusting-server.ts';
import type { Minted } from './support/webhooks.ts';

let authority: TestAuthority;
let server: TrustingServer;
const receivers: HookReceiver[] = [];
before(async () => {
  authority = await makeTestAuthority();
  server = await startTrustingServer(authority.root, { WEBHOOK_LOOPBACK_HTTP: 'true' });
});
after(async () => {
  await server.dispose();
  for (const receiver of receivers) await receiver.close();
});

async function receiverWith(leaf: Leaf = {}, by = authority): Promise<HookReceiver> {
  const receiver = await startHookReceiver(await by.serverPair(leaf));
  receivers.push(receiver);
  return receiver;
}

async function hookTo(name: string, url: string): Promise<Minted> {
  return await server.call<Minted>('POST', '/webhooks', { name, url, events: ['alert.created'] });
}

const alert = {
  schema: 'sallyport-alert/1',
  id: 'edr-4711',
  product: 'Example EDR',
  title: 'A tool that reads passwords was started',
  severity: 'high',
  createdAt: '2027-01-31T09:30:00Z',
};

test('an alert arrives over https, through a chain that ends at the authority that the operator trusts', async () => {
  const receiver = await receiverWith();
  const { secret } = await hookTo('trusted', receiver.url);
  await server.call('POST', '/ingest/alerts', alert);
  for (let waited = 0; receiver.received.length === 0 && waited < 600; waited++) await sleep(50);
  const [got] = receiver.received;
  assert.ok(got, 'nothing arrived');
  assert.deepEqual([got.body.type, got.body.data.alertId], ['alert.created', alert.id]);
  assert.equal(got.headers['webhook-signature'], expectedSignature(secret, got));
});

test('a receiver that cannot prove who it is gets nothing, and the reason says which proof is missing', async () => {
  const stranger = await makeTestAuthority();
  const wrong = {
    'another authority': [
      await receiverWith({}, stranger),
      /UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED_CERT_IN_CHAIN/,
    ],
    'a chain with a gap': [await receiverWith({ isWhole: false }), /UNABLE_TO_VERIFY_LEAF_SIGNATURE/],
    'an end in the past': [await receiverWith({ endsAt: Date.now() - dayMs }), /CERT_HAS_EXPIRED/],
    'another name': [await receiverWith({ names: ['receiver.example'] }), /ERR_TLS_CERT_ALTNAME_INVALID/],
  } as const;
  for (const [what, [receiver, reason]] of Object.entries(wrong)) {
    const { webhook } = await hookTo(what, receiver.url);
    const trial = await server.call<{ isDelivered: boolean; reason: string }>('POST', `/webhooks/${webhook.id}/test`);
    assert.equal(trial.isDelivered, false, what);
    assert.match(trial.reason, reason, what);
    assert.equal(receiver.received.length, 0, what);
  }
});

test('a receiver that speaks no TLS gets nothing, though the same port answers in clear', async () => {
  const receiver = await startHookReceiver();
  receivers.push(receiver);
  const { webhook } = await hookTo('in clear', `https://localhost:${receiver.port}/hook`);
  const trial = await server.call<{ isDelivered: boolean; reason: string }>('POST', `/webhooks/${webhook.id}/test`);
  assert.deepEqual([trial.isDelivered, receiver.received.length], [false, 0]);
  assert.match(trial.reason, /No secure connection could be made/);
});
