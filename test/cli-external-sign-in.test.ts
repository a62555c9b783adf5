// The organisation's own provider on the command line.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { clientId, clientSecret } from './support/external-provider.ts';
import { become, newStage, type Stage, signInExternally, startExternalServer } from './support/external-sign-in.ts';
import { newMachine, signInOn } from './support/machine.ts';
import type { TestServer } from './support/server.ts';

let server: TestServer;
let stage: Stage;
before(async () => {
  server = await startExternalServer();
  stage = await newStage(server);
});
after(async () => {
  await stage.dispose();
  await server.dispose();
});

test('a provider is set, changed, checked, shown and removed; the secret is read from the input alone', async (context) => {
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, stage.boss.user);
  const run = async (...argv: string[]) => await machine.run(['external-sign-in', ...argv]);
  const none = await run('show');
  assert.match(none.stdout, /no external sign-in/);
  assert.match(none.stdout, /sign-in\/external\/callback/);
  assert.equal((await run('set')).exitCode, exitCodes.usage);
  assert.equal((await run('check')).exitCode, exitCodes.notFound);
  const first = ['--issuer', stage.provider.issuer, '--client-id', clientId, '--name', 'Contoso ID'];
  assert.equal((await run('set', ...first)).exitCode, exitCodes.usage);
  const set = await machine.run(['external-sign-in', 'set', ...first, '--create-users', 'yes', '--secret-stdin'], {
    input: `${clientSecret}\n`,
  });
  assert.equal(set.exitCode, exitCodes.ok, set.stderr);
  assert.doesNotMatch(set.stdout + set.stderr, new RegExp(clientSecret));
  const changed = await run(
    'set',
    '--group-role',
    'a=b=security-reader:eligible',
    '--groups-claim',
    'roles',
    '--trusted-domain',
    stage.domain,
    '--json',
  );
  assert.equal(changed.exitCode, exitCodes.ok, changed.stderr);
  const { externalSignIn } = changed.json<{ externalSignIn: Record<string, unknown> }>();
  assert.deepEqual(externalSignIn.groupRoles, [{ group: 'a=b', role: 'security-reader', kind: 'eligible' }]);
  assert.deepEqual(externalSignIn.claims, { userName: 'preferred_username', displayName: 'name', groups: 'roles' });
  assert.deepEqual([externalSignIn.createsUsers, externalSignIn.trustedDomains], [true, [stage.domain]]);
  const cleared = await run('set', '--group-role', 'none', '--json');
  assert.deepEqual(cleared.json<{ externalSignIn: { groupRoles: unknown } }>().externalSignIn.groupRoles, []);
  for (const wrong of [
    ['--group-role', 'x'],
    ['--role-days', 'soon'],
    ['--enabled', 'perhaps'],
  ]) {
    assert.equal((await run('set', ...wrong)).exitCode, exitCodes.usage, wrong.join(' '));
  }
  const checked = await run('check');
  assert.deepEqual([checked.exitCode, checked.stdout.includes('can be used')], [exitCodes.ok, true], checked.stdout);
  const elsewhere = await run('check', `${stage.provider.issuer}/nothing`);
  assert.deepEqual([elsewhere.exitCode, elsewhere.stdout.includes('Problem')], [exitCodes.failed, true]);
  const userName = become(stage, 'mia');
  assert.equal((await signInExternally(stage)).problem, null);
  assert.match((await run('links')).stdout, new RegExp(`${userName}.*sub-of-mia`));
  await run('set', '--group-role', 'soc=security-reader', '--groups-claim', 'groups');
  become(stage, 'mia', { groups: ['soc'] });
  assert.equal((await signInExternally(stage)).problem, null);
  const roles = await machine.run(['role', 'assignments', '--user', userName]);
  assert.match(roles.stdout, /From groups[\s\S]*Security reader .* soc /);
  assert.equal((await run('unlink', userName, '--yes')).exitCode, exitCodes.ok);
  assert.equal((await run('unlink', userName, '--yes')).exitCode, exitCodes.notFound);
  assert.equal((await run('remove')).exitCode, exitCodes.usage);
  assert.equal((await run('remove', '--yes')).exitCode, exitCodes.ok);
  assert.equal((await run('remove', '--yes')).exitCode, exitCodes.notFound);
});
