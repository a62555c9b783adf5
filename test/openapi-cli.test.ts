// The OpenAPI documents on the command line.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

test('the documents are listed, and each is printed as the server sends it', async (context) => {
  const user = await makeUser(server.services, await makeTenant(server.services));
  const { run } = newMachine(context);
  assert.equal((await run(['openapi'])).exitCode, exitCodes.notSignedIn, 'no server is known yet');
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, user);

  const list = await machine.run(['openapi']);
  assert.equal(list.exitCode, exitCodes.ok, list.stderr);
  for (const surface of ['management', 'cloud-apps', 'defender', 'graph', 'entra']) {
    assert.match(list.stdout, new RegExp(`^${surface} .*/openapi/${surface}\\.json$`, 'm'));
    const printed = await machine.run(['openapi', surface]);
    assert.equal(printed.exitCode, exitCodes.ok, printed.stderr);
    const { servers: _asked, ...document } = JSON.parse(printed.stdout);
    const { servers: _sent, ...sent } = (await server.request(`/openapi/${surface}.json`)).json();
    assert.deepEqual(document, sent);
  }
  const unknown = await machine.run(['openapi', '../management']);
  assert.equal(unknown.exitCode, exitCodes.notFound);
  assert.match(unknown.stderr, /There are management, cloud-apps, defender, graph, entra\./);
});
