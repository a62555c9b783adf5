// The validator and the signing keys on the command line.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { appToken, makeStory, type Story } from './support/bearers.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let story: Story;
before(async () => {
  server = await startTestServer();
  story = await makeStory(server.services);
});
after(() => server.dispose());

async function signedIn(context: TestContext, tenant: Tenant, role: string) {
  const user = await makeUser(server.services, tenant, { role });
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, user);
  return machine;
}

test('a token is inspected from a pipe, a file and the keyboard, and says what it opens and why not more', async (context) => {
  const { run, folder } = await signedIn(context, story.tenant, 'global-reader');
  const token = await appToken(server.services, story);
  const file = join(folder, 'token.txt');
  writeFileSync(file, `${token}\n`);
  for (const outcome of [
    await run(['token', 'inspect'], { input: token }),
    await run(['token', 'inspect', '-'], { input: `Bearer ${token}\n` }),
    await run(['token', 'inspect', file]),
    await run(['token', 'inspect'], { typed: [token] }),
  ]) {
    assert.equal(outcome.exitCode, exitCodes.ok, outcome.stderr);
    assert.match(outcome.stdout, /signed by this server/);
    assert.match(outcome.stdout, /defender +all calls +opens|defender +GET \/api\/incidents +opens/);
    assert.match(outcome.stdout, /graph +all calls +refused +The token is for .*Microsoft Threat Protection/);
    assert.ok(!outcome.stdout.includes(token) && !outcome.stderr.includes(token));
  }
  const json = await run(['token', 'inspect', file, '--json']);
  assert.equal(json.json<{ source: string }>().source, 'ours');
});

test('a token on the command line is refused without being repeated, as is a file that is none', async (context) => {
  const { run, folder } = await signedIn(context, story.tenant, 'global-reader');
  const token = await appToken(server.services, story);
  const given = await run(['token', 'inspect', token]);
  assert.equal(given.exitCode, exitCodes.usage);
  assert.ok(!given.stderr.includes(token));
  assert.match(given.stderr, /does not belong on the command line/);
  assert.equal((await run(['token', 'inspect', join(folder, 'missing')])).exitCode, exitCodes.usage);
  const big = join(folder, 'big');
  writeFileSync(big, 'x'.repeat(70_000));
  assert.equal((await run(['token', 'inspect', big])).exitCode, exitCodes.usage);
  assert.equal((await run(['token', 'inspect'], { input: '\n' })).exitCode, exitCodes.usage);
});

test('what a foreign token holds reaches the terminal without power over it', async (context) => {
  const { run } = await signedIn(context, story.tenant, 'global-reader');
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const evil = '\u001b[2J\u009b31m\u202eevil';
  const token = `${encode({ alg: 'RS256', kid: evil })}.${encode({ iss: `https://${evil}`, roles: [evil], scp: evil })}.AAAA`;
  const { stdout, exitCode } = await run(['token', 'inspect'], { input: token });
  assert.equal(exitCode, exitCodes.ok);
  assert.match(stdout, /foreign/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
  assert.doesNotMatch(stdout, /[\u001b\u009b\u202e]/);
});

test('signing keys are listed and rotated by the operator; withdrawing asks first', async (context) => {
  const operators = await makeTenant(server.services, true);
  const { run } = await signedIn(context, operators, 'global-administrator');
  const before = await appToken(server.services, story);
  const rotated = await run(['signing-key', 'rotate']);
  assert.equal(rotated.exitCode, exitCodes.ok, rotated.stderr);
  assert.match(rotated.stdout, /is published and signs from 2026-11-22/);
  assert.equal((await run(['signing-key', 'rotate'])).exitCode, exitCodes.conflict);
  const listed = await run(['signing-key', 'list']);
  assert.match(listed.stdout, /signing[\s\S]*waiting/);
  assert.equal((await run(['signing-key', 'rotate', '--withdraw'])).exitCode, exitCodes.usage, 'nobody to ask');
  const withdrawn = await run(['signing-key', 'rotate', '--withdraw', '--yes']);
  assert.match(withdrawn.stdout, /issued before is refused/);
  const reader = await signedIn(context, story.tenant, 'global-reader');
  const inspected = await reader.run(['token', 'inspect', '--json'], { input: before });
  assert.equal(inspected.json<{ source: string }>().source, 'foreign');
  assert.equal((await reader.run(['signing-key', 'list'])).exitCode, exitCodes.refused);
});
