// Cloud apps on the command line: the catalogue, tags, scores, custom apps.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { beginHunting, type HuntingStory, signedInMachine } from './support/hunting-calls.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let story: HuntingStory;
before(async () => {
  server = await startTestServer();
  story = await beginHunting(server);
});
after(() => server.dispose());

async function signedIn(context: TestContext, role = 'cloud-app-security-administrator') {
  const machine = await signedInMachine(context, story, role);
  const ok = async (...argv: string[]): Promise<string> => {
    const outcome = await machine.run(['discovery', ...argv]);
    assert.equal(outcome.exitCode, exitCodes.ok, `${argv.join(' ')}: ${outcome.stderr}`);
    return outcome.stdout;
  };
  return { run: (...argv: string[]) => machine.run(['discovery', ...argv]), ok };
}

test('apps are listed, shown with their score, tagged, untagged, overridden and noted', async (context) => {
  const { run, ok } = await signedIn(context);
  assert.match(await ok('app', 'list', '--search', 'dropbox', '--category', 'Cloud storage'), /11627 +Dropbox +\d/);
  assert.match(
    await ok('app', 'tag', 'Unsanctioned', 'Dropbox', 'www.box.com', '--reason', 'Use OneDrive'),
    /Dropbox now has[\s\S]*Box now has/,
  );
  assert.match(await ok('app', 'tag', 'unsanctioned', 'dropbox'), /is as it was/);
  const shown = await ok('app', 'show', 'www.dropbox.com');
  assert.match(shown, /mfa +security +10 +medium +[\d.]+ +2fa\.directory 2026-08-04/);
  assert.match(shown, /Unsanctioned: set by .*\n +Use OneDrive/);
  assert.match(await ok('app', 'list', '--tag', 'Unsanctioned'), /Box[\s\S]*Dropbox/);
  const partly = await run('app', 'tag', 'Unsanctioned', '20595', 'nothing-called-so');
  assert.deepEqual([partly.exitCode, partly.stdout], [exitCodes.failed, '']);
  assert.match(partly.stderr, /can never be blocked[\s\S]*There is no app nothing-called-so/);
  assert.match(await ok('app', 'untag', 'Unsanctioned', 'Dropbox'), /no longer has/);
  assert.match(await ok('app', 'override', 'Dropbox', '3.5', '--note', 'No contract'), /score 3\.5/);
  assert.match(await ok('app', 'show', 'Dropbox'), /No contract/);
  await ok('app', 'override', 'Dropbox', 'none');
  await ok('app', 'note', 'Dropbox', 'Asked the vendor');
  assert.match(await ok('app', 'show', 'Dropbox', '--json'), /Asked the vendor/);
  assert.equal((await run('app', 'override', 'Dropbox', 'eleven')).exitCode, exitCodes.usage);
  assert.equal((await run('app', 'show', 'nothing-called-so')).exitCode, exitCodes.notFound);
});

test('tags, custom apps and weights are kept', async (context) => {
  const { run, ok } = await signedIn(context);
  assert.match(await ok('tag', 'create', 'Approved'), /Approved/);
  assert.match(await ok('tag', 'list'), /Sanctioned +yes +0[\s\S]*Approved +no +0/);
  const described = ['Payroll', '--domain', 'payroll.contoso.example', '--category', 'Human resource management'];
  assert.match(await ok('custom-app', 'add', ...described), /1000000000/);
  assert.equal((await run('custom-app', 'add', 'Other')).exitCode, exitCodes.usage);
  await ok('app', 'tag', 'Approved', 'a.payroll.contoso.example');
  assert.match(await ok('app', 'show', 'payroll'), /Approved/);
  await ok('custom-app', 'update', 'payroll', '--score', '8', '--domain', 'pay.contoso.example');
  assert.match(await ok('custom-app', 'list'), /Payroll +- +HUMAN_RESOURCE_MANAGEMENT +8 +pay\.contoso\.example/);
  await ok('custom-app', 'delete', 'payroll', '--yes');
  assert.equal((await run('custom-app', 'delete', 'payroll', '--yes')).exitCode, exitCodes.notFound);
  const body = { name: 'Approves', type: 'NEW_SERVICE', severity: 'low', filters: {}, settings: { tag: 'Approved' } };
  const policy = await server.request('/management/v1/policies', { session: story.admin.session, body });
  assert.equal(policy.status, 201, policy.text);
  const named = await run('tag', 'delete', 'approved', '--yes');
  assert.equal(named.exitCode, exitCodes.conflict);
  assert.match(named.stderr, /Policies name this tag: "Approves"\. Change them first\./);
  const path = `/management/v1/policies/${policy.json<{ id: string }>().id}`;
  await server.request(path, { method: 'DELETE', session: story.admin.session });
  await ok('tag', 'delete', 'approved', '--yes');
  const set = await ok('weights', 'set', '--factor', 'mfa=very-high', '--factor', 'fedramp=0', '--unknown', 'counts');
  assert.match(set, /mfa +very-high/);
  assert.match(await ok('weights', 'show'), /fedramp +ignored[\s\S]*bad: yes/);
  assert.equal((await run('weights', 'set', '--factor', 'mfa=huge')).exitCode, exitCodes.usage);
  assert.match(await ok('weights', 'reset', '--yes'), /mfa +medium/);
});

test('who may only read gets a refusal and changes nothing', async (context) => {
  const { run, ok } = await signedIn(context, 'security-reader');
  assert.match(await ok('app', 'list', '--limit', '3'), /\d+ /);
  for (const argv of [
    ['app', 'tag', 'Sanctioned', 'Dropbox'],
    ['tag', 'create', 'x'],
    ['weights', 'reset', '--yes'],
  ]) {
    assert.equal((await run(...argv)).exitCode, exitCodes.refused, argv.join(' '));
  }
});
