import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../test/support/services.ts';
import { answerBrokenRequest } from './broken-requests.ts';
import { longBody } from './long-bodies.ts';

interface Listening {
  readonly port: number;
  /** Of requests whose time was over. */
  readonly late: EventEmitter;
}

/** A server that gives requests no time to speak of, except those to /long. It answers with how much came. */
async function listen(context: TestContext, silentMs: number): Promise<Listening> {
  const late = new EventEmitter();
  const options = { requestTimeout: 50, headersTimeout: 50, connectionsCheckingInterval: 20 };
  const server = http.createServer(options, async (request, response) => {
    const read = () => request.iterator({ destroyOnReturn: false });
    let bytes = 0;
    try {
      for await (const chunk of request.url === '/long' ? longBody(request, read, silentMs) : read())
        bytes += chunk.length;
      response.end(String(bytes));
    } catch (error) {
      response.statusCode = 400;
      response.end(error instanceof Error ? error.message : '');
    }
  });
  const answer = answerBrokenRequest(silentLog);
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    answer(error, socket);
    late.emit('late', error.code);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, late }; // It listens on TCP.
}

/** A request whose body has begun. */
function begin({ port }: Listening, path: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // A connection that is cut has its answer before.
  socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n12345`);
  return { socket, answer: statusAndBody(socket) };
}

async function statusAndBody(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    const bodyAt = text.indexOf('\r\n\r\n') + 4;
    if (bodyAt > 3 && text.length >= bodyAt + length) return `${text.slice(9, 12)} ${text.slice(bodyAt)}`;
  }
  return text;
}

test('a long body arrives whole after the time in which others are cut off, and the next request has that time again', async (context) => {
  const listening = await listen(context, 30_000);
  const long = begin(listening, '/long');
  assert.deepEqual(await once(listening.late, 'late'), ['ERR_HTTP_REQUEST_TIMEOUT']);
  const short = begin(listening, '/short');
  assert.match(await short.answer, /^408 .*took too long/);
  long.socket.write('67890');
  assert.equal(await long.answer, '200 10');
});

test('a connection that has brought a long body cuts off a slow request like any other', async (context) => {
  const listening = await listen(context, 30_000);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const send = (path: string) =>
    http.request({
      host: '127.0.0.1',
      port: listening.port,
      agent,
      path,
      method: 'POST',
      headers: { 'content-length': 10 },
    });
  const first = send('/long');
  first.end('1234567890');
  const [answer] = (await once(first, 'response')) as [IncomingMessage]; // As Node's types of the event say.
  answer.resume();
  await once(answer, 'end');
  const second = send('/short');
  second.write('12345');
  const [refusal] = (await once(second, 'response')) as [IncomingMessage]; // As above.
  assert.equal(refusal.statusCode, 408);
  assert.ok(second.reusedSocket);
});

test('a sender that falls silent is told so and then cut off', async (context) => {
  const listening = await listen(context, 100);
  const { socket, answer } = begin(listening, '/long');
  assert.match(await answer, /^400 Nothing more of the body came for 0.1 seconds/);
  if (!socket.closed) await once(socket, 'close');
});
