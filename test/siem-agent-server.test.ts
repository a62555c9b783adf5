// The way from a SIEM agent to its server: TLS that must be trusted, and proxies that tunnel or do not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import { until } from './support/child-server.ts';
import { auditRecord } from './support/ingestion.ts';
import { freePort } from './support/postgres-server.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { newStateFolder, type RunningAgent, runAgentHere, startAgentProcess } from './support/siem-agent-process.ts';
import { SiemCalls } from './support/siem-agents.ts';
import { startStreamReceiver } from './support/siem-receiver.ts';

let server: TestServer;
let calls: SiemCalls;
before(async () => {
  server = await startTestServer({ tls: true, settings: { agentRequestsPerMinute: 1_000_000 } });
  calls = new SiemCalls(server);
});
after(() => server.dispose());

const said = (agent: RunningAgent, what: RegExp) =>
  until(
    async () => agent.lines.join('\n'),
    (lines) => what.test(lines),
  );

/** A proxy that tunnels, or answers with a status instead. */
async function startProxy(status = 200): Promise<{ server: Server; url: URL; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, client, head) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const { port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [client, onward]) socket.on('error', () => [client, onward].map((each) => each.destroy()));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo; // It listens on TCP.
  return { server: proxy, url: new URL(`http://agent:secret@127.0.0.1:${port}`), asked };
}

test('a server that is not trusted gets no token; with its authority, and through a proxy, everything arrives', async (context) => {
  const receiver = await startStreamReceiver();
  context.after(() => receiver.close());
  const admin = await calls.person();
  const minted = await calls.made(admin, { remoteHost: '127.0.0.1', remotePort: receiver.port });
  await calls.ingest(admin, auditRecord(1), auditRecord(2));
  const folder = newStateFolder(context);
  const agentWith = (changes: object) => runAgentHere(server, minted.value, folder, { server: server.url, ...changes });

  const mistrusting = agentWith({});
  await said(mistrusting, /The certificate of the server is not trusted, or no secure connection could be made/);
  await mistrusting.stop();
  assert.equal((await calls.show(admin, minted.agent.id)).status, 'created');

  const { caFile } = server;
  const nowhere = agentWith({ caFile, proxy: new URL(`http://127.0.0.1:${await freePort()}`) });
  await said(nowhere, /Invalid proxy address, or the proxy does not let the agent through/);
  await nowhere.stop();
  const refusing = await startProxy(407);
  context.after(() => refusing.server.close());
  const refused = agentWith({ caFile, proxy: refusing.url });
  await said(refused, /Invalid proxy address, or the proxy does not let the agent through/);
  assert.ok(!refused.lines.join('\n').includes('secret'));
  await refused.stop();

  const proxy = await startProxy();
  context.after(() => proxy.server.close());
  const agent = agentWith({ caFile, proxy: proxy.url });
  await receiver.until(2);
  await agent.stop();
  assert.deepEqual(proxy.asked[0], `localhost:${server.port} Basic ${Buffer.from('agent:secret').toString('base64')}`);
  assert.equal(receiver.messages.length, 2);
});

test('what the command line cannot mean is refused before anything starts', async (context) => {
  const folder = newStateFolder(context);
  for (const [options, said] of [
    [['--proxy', 'no proxy'], /Invalid proxy address: no proxy/],
    [['--proxy', 'https://proxy.contoso.example'], /Invalid proxy address/],
    [['--siem-cert', 'cert.pem'], /--siem-cert and --siem-key belong together/],
    [['--datagram-bytes', '10'], /--datagram-bytes cannot be 10/],
    [['--token-file', '/nowhere/token'], /The token cannot be read from \/nowhere\/token/],
    [['--token', 'x'], /--token/],
  ] as const) {
    const agent = startAgentProcess(server, 'x'.repeat(70), folder, options);
    assert.equal(await agent.ended, 2, agent.output());
    assert.match(agent.output(), said);
  }
});
