// Two server processes on one PostgreSQL take what can be used once from the same client at the same moment.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { revokeAllGrants } from '../src/applications/grants.ts';
import { getServicePrincipal } from '../src/applications/service-principals.ts';
import { replacedGraceMs } from '../src/authorizations/refresh-tokens.ts';
import { secondMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  clientCredentials,
  consent,
  makeApp,
  makeCode,
  redemption,
  requiredAccess,
  tokensOf,
} from './support/entra.ts';
import { freePort } from './support/postgres-server.ts';
import { startNode, startTestServer, type TestNode, type TestServer } from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';

const skip = testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process';

let server: TestServer;
let other: TestNode;
before(async () => {
  if (skip) return;
  server = await startTestServer();
  other = await startNode(await secondNode(server.services), await freePort());
});
after(async () => {
  if (skip) return;
  await other.stop();
  await server.dispose();
});

const nodes = () => [server, other, server, other, server, other] as const;

test('a code is redeemed on one node only, and whoever came second ended it for both', { skip }, async () => {
  for (let round = 0; round < 5; round++) {
    const app = await makeApp(server);
    const form = redemption(app, await makeCode(server, app));
    const answers = await Promise.all(nodes().map((node) => askToken(node, app.tenant, form)));
    const won = answers.filter(({ status }) => status === 200).map(tokensOf);
    assert.ok(won.length <= 1);
    for (const lost of answers.filter(({ status }) => status !== 200)) assertError(lost, 54005, 'invalid_grant', 400);
    for (const { refresh_token } of won) {
      const renewal = { client_id: app.appId, client_secret: app.secret, grant_type: 'refresh_token', refresh_token };
      assertError(await askToken(other, app.tenant, renewal), 50173, 'invalid_grant', 400);
    }
  }
});

test('renewals on two nodes at once give one next token, and one line of tokens goes on', { skip }, async () => {
  for (let round = 0; round < 5; round++) {
    const app = await makeApp(server);
    const first = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
    const renew = (node: Pick<TestNode, 'request'>, token: string) =>
      askToken(node, app.tenant, {
        client_id: app.appId,
        client_secret: app.secret,
        grant_type: 'refresh_token',
        refresh_token: token,
      });
    const answers = await Promise.all(nodes().map((node) => renew(node, first.refresh_token)));
    const next = new Set(answers.map((answer) => tokensOf(answer).refresh_token));
    assert.equal(next.size, 1);
    const [token = ''] = next;
    tokensOf(await renew(other, token));
    server.services.testClock.advance(replacedGraceMs + secondMs);
    assertError(await renew(server, first.refresh_token), 50173, 'invalid_grant', 400);
    assertError(await renew(other, token), 50173, 'invalid_grant', 400);
  }
});

test('whatever of consent and revocation comes last is what both nodes give tokens for', { skip }, async () => {
  for (let round = 0; round < 5; round++) {
    const app = await makeApp(server);
    await Promise.all([
      ...nodes().map((node) => askToken(node, app.tenant, clientCredentials(app))),
      revokeAllGrants(app.admin, app.appId),
      consent(app.admin, app.appId, requiredAccess),
    ]);
    const { access } = await grantedTo(app);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    for (const node of [server, other]) {
      const { access_token } = tokensOf(await askToken(node, app.tenant, clientCredentials(app)));
      assert.deepEqual(claimsOf(access_token).roles ?? [], access);
    }
  }
});

async function grantedTo({ admin, appId }: Awaited<ReturnType<typeof makeApp>>): Promise<{ access: string[] }> {
  const { id } = await getServicePrincipal(admin, appId);
  const rows = await server.services.store.db
    .selectFrom('appRoleAssignments')
    .select('id')
    .where('tenantId', '=', admin.caller.tenantId)
    .where('principalId', '=', id)
    .execute();
  return { access: rows.length > 0 ? ['Incident.Read.All'] : [] };
}
