// The client libraries that people use, unmodified, over TLS: nothing but another host in their options.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { addAssignment } from '../../src/directory/assignments.ts';
import { findRole } from '../../src/directory/role-table.ts';
import { claimsOf } from '../support/entra.ts';
import {
  approve,
  type ClientStage,
  comeBack,
  countIncidents,
  incidentCount,
  openStage,
  resultOf,
  runProgram,
} from './stage.ts';

let web: ClientStage;
let device: ClientStage;
before(async () => {
  web = await openStage();
  device = await openStage({ isPublicClient: true });
  await mayReadIncidents(web);
  await mayReadIncidents(device);
});
after(async () => {
  await web.server.dispose();
  await device.server.dispose();
});

/** A delegated token opens no more than the person may. */
async function mayReadIncidents({ server, app }: ClientStage): Promise<void> {
  const role = findRole('security-reader');
  assert.ok(role);
  await server.services.store.change(app.tenant.id, async (trx) => {
    await addAssignment(server.services, trx, app.user, { role, kind: 'permanent' }, 'test');
  });
}

interface MsalResult {
  readonly accessToken: string;
  readonly tenantId: string;
  readonly account: { readonly homeAccountId: string; readonly username: string } | null;
}

for (const version of ['7', '3', '2']) {
  const program = ['msal-node.ts', version];

  test(`MSAL for Node ${version} takes tokens with a secret and with a certificate`, async () => {
    for (const flow of ['secret', 'certificate']) {
      const { accessToken } = await resultOf<MsalResult>(web, program, { flow });
      assert.deepEqual(claimsOf(accessToken).roles, ['Incident.Read.All']);
      assert.equal(await countIncidents(web, accessToken), incidentCount);
    }
  });

  test(`MSAL for Node ${version} finds the tenant by its domain`, async () => {
    const { accessToken } = await resultOf<MsalResult>(web, program, {
      flow: 'secret',
      tenant: `${web.app.tenant.slug}.example`,
    });
    assert.equal(claimsOf(accessToken).tid, web.app.tenant.id);
  });

  test(`MSAL for Node ${version} tells of a wrong secret`, async () => {
    const { failure } = await runProgram(web, program, { flow: 'secret', secret: 'not-the-secret' });
    assert.equal(failure?.errorCode, 'invalid_client');
    assert.match(String(failure?.message), /AADSTS7000215/);
  });

  test(`MSAL for Node ${version} signs a person in and renews silently`, async () => {
    const { first, second } = await resultOf<{ first: MsalResult; second: MsalResult }>(
      web,
      program,
      { flow: 'code', scope: 'https://api.security.microsoft.com/Incident.Read' },
      (url) => comeBack(web, url),
    );
    assert.equal(first.account?.homeAccountId, `${web.app.user.id}.${web.app.tenant.id}`);
    assert.equal(first.account?.username, web.app.user.userName);
    assert.equal(claimsOf(second.accessToken).scp, claimsOf(first.accessToken).scp);
    assert.notEqual(second.accessToken, first.accessToken);
    assert.equal(await countIncidents(web, second.accessToken), incidentCount);
  });

  test(`MSAL for Node ${version} signs in on another device`, async () => {
    const { accessToken } = await resultOf<MsalResult>(device, program, { flow: 'device' }, (code) =>
      approve(device, code),
    );
    assert.equal(await countIncidents(device, accessToken), incidentCount);
  });
}

test("@azure/identity's credentials take tokens", async () => {
  for (const flow of ['secret', 'certificate']) {
    const { token } = await resultOf<{ token: string }>(web, ['azure-identity.ts'], { flow });
    assert.equal(await countIncidents(web, token), incidentCount);
  }
  const { token } = await resultOf<{ token: string }>(device, ['azure-identity.ts'], { flow: 'device' }, (code) =>
    approve(device, code),
  );
  assert.equal(await countIncidents(device, token), incidentCount);
});

test('openid-client takes tokens with a secret in the body and in the header', async () => {
  for (const flow of ['secret', 'basic']) {
    const { access_token } = await resultOf<{ access_token: string }>(web, ['openid-client.ts'], { flow });
    assert.equal(await countIncidents(web, access_token), incidentCount);
  }
});

for (const flow of ['code', 'pushed']) {
  test(`openid-client signs a person in (${flow}), verifies the id token, renews, introspects and revokes`, async () => {
    interface Told {
      readonly first: { readonly access_token: string; readonly scope: string };
      readonly claims: Record<string, unknown>;
      readonly second: { readonly access_token: string };
      readonly introspected: Record<string, unknown>;
      readonly userInfo: Record<string, unknown>;
      readonly afterwards: Record<string, unknown>;
    }
    const told = await resultOf<Told>(
      web,
      ['openid-client.ts'],
      { flow, scope: 'https://api.security.microsoft.com/Incident.Read' },
      (url) => comeBack(web, url),
    );
    assert.deepEqual([told.claims.aud, told.claims.tid], [web.app.appId, web.app.tenant.id]);
    assert.equal(told.introspected.active, true);
    assert.equal(told.userInfo.sub, told.claims.sub);
    assert.equal(told.afterwards.active, false);
    // Revoking the refresh token ended what had come from the same sign-in (RFC 7009 section 2.1).
    await assert.rejects(countIncidents(web, told.second.access_token), /This token was revoked/);
  });
}

test('openid-client signs in on another device', async () => {
  const { access_token } = await resultOf<{ access_token: string }>(
    device,
    ['openid-client.ts'],
    { flow: 'device', scope: 'https://api.security.microsoft.com/Incident.Read' },
    (code) => approve(device, code),
  );
  assert.equal(await countIncidents(device, access_token), incidentCount);
});

test('oauth4webapi finds the metadata of RFC 8414 and takes a token', async () => {
  const { access_token } = await resultOf<{ access_token: string }>(web, ['oauth4webapi.ts'], { flow: 'secret' });
  assert.equal(await countIncidents(web, access_token), incidentCount);
});

const pythonMsal = '/usr/lib/python3/dist-packages/msal';
const skip = existsSync(pythonMsal) ? false : "Debian's package python3-msal is not installed.";

test("Debian's msal for Python takes tokens with a secret, a certificate and on another device", { skip }, async () => {
  for (const flow of ['secret', 'certificate']) {
    const result = await resultOf<Record<string, unknown>>(web, ['msal_python.py'], { flow });
    assert.equal(await countIncidents(web, String(result.access_token)), incidentCount, JSON.stringify(result));
  }
  const scope = 'https://api.security.microsoft.com/Incident.Read';
  const result = await resultOf<Record<string, unknown>>(
    device,
    ['msal_python.py'],
    { flow: 'device', scope },
    (code) => approve(device, code),
  );
  assert.equal(await countIncidents(device, String(result.access_token)), incidentCount, JSON.stringify(result));
  const wrong = await resultOf<Record<string, unknown>>(web, ['msal_python.py'], { flow: 'secret', secret: 'wrong' });
  assert.deepEqual([wrong.error, wrong.error_codes], ['invalid_client', [7000215]]);
});
