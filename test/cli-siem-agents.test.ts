// `sallyport siem-agent …` as an administrator types it.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { after, before, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { makeTenant } from './support/accounts.ts';
import { type Machine, newMachine, signInOn } from './support/machine.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';
import { newStateFolder } from './support/siem-agent-process.ts';
import { report, SiemCalls, type WireAgent } from './support/siem-agents.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

async function signedIn(context: TestContext, role = 'global-administrator'): Promise<Machine> {
  const person = await makePerson(server, await makeTenant(server.services), role);
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, person.user);
  return machine;
}

test('an agent is created, shown, edited, paused, renewed and deleted', async (context) => {
  const machine = await signedIn(context);
  const filters = '{"severity":{"eq":[1,2]}}';
  const created = await machine.run([
    ...[
      'siem-agent',
      'create',
      'splunk-1',
      'siem.contoso.example',
      '6514',
      '--protocol',
      'tls',
      '--include-pri',
      'yes',
    ],
    ...['--alerts', filters, '--activities', 'none'],
  ]);
  assert.equal(created.exitCode, exitCodes.ok, created.stderr);
  const token = created.stdout.trim();
  assert.match(token, /^slpsa[0-9A-Za-z]{64}$/);
  const shown = await machine.run(['siem-agent', 'show', 'splunk-1']);
  for (const part of ['Created', 'siem.contoso.example:6514 tls', filters, 'none'])
    assert.ok(shown.stdout.includes(part), shown.stdout);
  assert.ok(!shown.stdout.includes(token));

  const edited = await machine.run([
    'siem-agent',
    'edit',
    'splunk-1',
    '--name',
    'splunk-2',
    '--port',
    '514',
    '--activities',
    'all',
  ]);
  assert.equal(edited.exitCode, exitCodes.ok, edited.stderr);
  const { settings, name } = (await machine.run(['siem-agent', 'show', 'splunk-2', '--json'])).json<WireAgent>();
  assert.deepEqual(
    [name, settings.remotePort, settings.activities, settings.alerts, settings.protocol, settings.includesPri],
    ['splunk-2', 514, { isSent: true, filters: null }, { isSent: true, filters: JSON.parse(filters) }, 'tls', true],
  );

  const problem = { kind: 'connection', detail: 'Nothing listens.', since: 1 };
  await new SiemCalls(server).ask(token, 'report', report({ problems: [problem] }));
  await machine.run(['siem-agent', 'disable', 'splunk-2']);
  const list = await machine.run(['siem-agent', 'list']);
  assert.match(
    list.stdout,
    /splunk-2 +Connected \(disabled\) +siem\.contoso\.example:514 tls .*Data server connection error/,
  );
  assert.equal((await machine.run(['siem-agent', 'enable', 'splunk-2'])).exitCode, exitCodes.ok);

  const renewed = await machine.run(['siem-agent', 'regenerate', 'splunk-2', '--yes', '--value-only']);
  assert.match(renewed.stdout, /^slpsa[0-9A-Za-z]{64}\n$/);
  assert.notEqual(renewed.stdout.trim(), token);
  assert.equal((await machine.run(['siem-agent', 'delete', 'splunk-2', '--yes'])).exitCode, exitCodes.ok);
  assert.equal((await machine.run(['siem-agent', 'show', 'splunk-2'])).exitCode, exitCodes.notFound);
});

test('what cannot work is refused, and who may not is told so', async (context) => {
  const machine = await signedIn(context);
  const create = ['siem-agent', 'create', 'siem', 'siem.contoso.example'];
  for (const argv of [
    [...create, 'six'],
    [...create, '70000'],
    [...create, '514', '--alerts', 'some'],
    [...create, '514', '--alerts', '{"nonsense":{"eq":1}}'],
    [...create, '514', '--protocol', 'http'],
    ['siem-agent', 'edit', 'siem'],
  ])
    assert.equal((await machine.run(argv)).exitCode, exitCodes.usage, argv.join(' '));
  const reader = await signedIn(context, 'security-reader');
  assert.equal((await reader.run([...create, '514'])).exitCode, exitCodes.refused);
});

test('the former commands still make and list agents of both kinds', async (context) => {
  const machine = await signedIn(context);
  assert.equal((await machine.run(['agent', 'create', 'siem-agent', 'old'])).exitCode, exitCodes.ok);
  assert.equal((await machine.run(['agent', 'create', 'log-collector', 'old'])).exitCode, exitCodes.ok);
  assert.match((await machine.run(['agent', 'list'])).stdout, /old/);
  assert.match((await machine.run(['siem-agent', 'list'])).stdout, /old +Created \(disabled\) +-/);
});

test('the process and its status need no sign-in, but a folder', async (context) => {
  const machine = newMachine(context);
  const folder = newStateFolder(context);
  assert.equal((await machine.run(['siem-agent', 'status'])).exitCode, exitCodes.usage);
  assert.equal((await machine.run(['siem-agent', 'status', '--state', folder])).exitCode, exitCodes.notFound);
  const started = await machine.run(['siem-agent', '--server', 'https://contoso.sallyport.example']);
  assert.deepEqual([started.exitCode, started.stderr.split('\n', 1)[0]], [exitCodes.usage, '--state is missing.']);
  const insecure = await machine.run(['siem-agent', '--server', 'http://contoso.sallyport.example', '--state', folder]);
  assert.equal(insecure.exitCode, exitCodes.usage);
  assert.match((await machine.run(['help', 'siem-agent'])).stdout, /sallyport siem-agent create/);
});
