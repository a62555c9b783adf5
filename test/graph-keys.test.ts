// Certificates of an application through the calls of Graph: the whole collection, or one at a time with a proof.
import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { secondMs } from '../src/lib/clock.ts';
import { type KeyPair, makeKeyPair } from '../src/signing/key-pair.ts';
import { assertGraphError, GraphCalls, graphAppId, type Json } from './support/graph.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let graph: GraphCalls;
let token: string;
let pairs: readonly KeyPair[];
before(async () => {
  server = await startTestServer();
  graph = await GraphCalls.start(server);
  token = await graph.appToken();
  const now = server.services.clock();
  pairs = [await makeKeyPair(now, 400), await makeKeyPair(now, 400), await makeKeyPair(now, 400)];
});
after(() => server.dispose());

const refused = async (status: number, code: string, said: RegExp, method: string, path: string, body?: unknown) =>
  assertGraphError(await graph.call(token, method, path, body), status, code, said);

test('certificates come by PATCH as a whole, or by addKey with a proof by one that is there', async () => {
  const { id } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Signer' });
  const [first, second, third] = pairs;
  assert.ok(first && second && third);
  const now = Math.floor(server.services.clock() / secondMs);
  const proofBy = ({ privateKey }: KeyPair, change: Json = {}) => {
    const claims = { aud: '00000002-0000-0000-c000-000000000000', iss: id, nbf: now, exp: now + 300, ...change };
    const signed = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return `${signed.join('.')}.${sign('sha256', Buffer.from(signed.join('.')), createPrivateKey(privateKey)).toString('base64url')}`;
  };
  const keyOf = ({ certificate }: KeyPair) => ({ type: 'AsymmetricX509Cert', usage: 'Verify', key: certificate });
  const path = `/applications/${id}`;
  const add = (pair: KeyPair, proof: string) => ({ keyCredential: keyOf(pair), passwordCredential: null, proof });
  await refused(400, 'Request_BadRequest', /no certificate/, 'POST', `${path}/addKey`, add(first, proofBy(first)));
  await graph.want(token, 204, 'PATCH', path, { keyCredentials: [keyOf(first)] });
  for (const [proof, said] of [
    [proofBy(second), /no certificate/],
    [proofBy(first, { aud: graphAppId }), /audience/],
    [proofBy(first, { iss: graphAppId }), /issuer/],
    [proofBy(first, { exp: now + 601 }), /10 minutes/],
    [proofBy(first, { nbf: now - 400, exp: now - 100 }), /ended/],
    ['nothing', /cannot be read/],
  ] as const) {
    await refused(400, 'Request_BadRequest', said, 'POST', `${path}/addKey`, add(second, proof));
  }
  const added = await graph.want(token, 200, 'POST', `${path}/addKey`, add(second, proofBy(first)));
  assert.deepEqual([added.type, added.usage, added.key], ['AsymmetricX509Cert', 'Verify', null]);
  await refused(
    409,
    'Request_MultipleObjectsWithSameKeyValue',
    /already/,
    'POST',
    `${path}/addKey`,
    add(second, proofBy(first)),
  );
  const keys = async () =>
    (await graph.want<{ keyCredentials: Json[] }>(token, 200, 'GET', `${path}?$select=keyCredentials`)).keyCredentials;
  const values = async () => (await keys()).map(({ key }) => String(key)).sort();
  assert.deepEqual(await values(), [first.certificate, second.certificate].sort());
  assert.equal((await graph.want<{ keyCredentials: Json[] }>(token, 200, 'GET', path)).keyCredentials[0]?.key, null);
  const one = (await keys()).find(({ key }) => key === first.certificate);
  await graph.want(token, 204, 'POST', `${path}/removeKey`, { keyId: one?.keyId, proof: proofBy(second) });
  await graph.want(token, 204, 'PATCH', path, { keyCredentials: [{ keyId: added.keyId }, keyOf(third)] });
  assert.deepEqual(await values(), [second.certificate, third.certificate].sort());
});
