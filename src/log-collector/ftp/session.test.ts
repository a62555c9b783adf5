// What clients of FTP can do to the collector, against the port itself.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, before, test } from 'node:test';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { makeTestAuthority, type TestAuthority } from '../../../test/support/authorities.ts';
import { FtpClient } from '../../../test/support/ftp-client.ts';
import type { Receiver } from '../receivers.ts';
import { receiveFtp } from './server.ts';
import type { FtpDirectory, FtpOptions } from './session.ts';

let authority: TestAuthority;
let secureContext: SecureContext;
let receiver: Receiver | undefined;
const sockets: Socket[] = [];

before(async () => {
  authority = await makeTestAuthority();
  secureContext = createSecureContext(await authority.serverPair({ names: ['localhost'] }));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await receiver?.close();
  receiver = undefined;
});

const stored: string[] = [];
const directory = (name: string, needsTls = false): FtpDirectory => ({
  name,
  needsTls,
  async store(_fileName, content) {
    let text = '';
    for await (const chunk of content) text += chunk;
    stored.push(text);
    return text.length;
  },
});

async function open(directories: FtpDirectory[], options: Partial<FtpOptions> = {}): Promise<number> {
  receiver = await receiveFtp(
    { host: '127.0.0.1', port: 0 },
    {
      ...{ userName: 'discovery', password: 'correct horse', secureContext, publicAddress: null },
      passive: { host: '127.0.0.1', firstPort: 0, lastPort: 0 },
      directories: () => directories,
      complain: () => {},
      ...options,
    },
  );
  return receiver.port;
}

async function signedIn(port: number): Promise<FtpClient> {
  const client = await FtpClient.connect(port);
  await client.say('USER discovery');
  assert.match(await client.say('PASS correct horse'), /^230/);
  return client;
}

function raw(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

async function until(what: string, look: () => boolean): Promise<void> {
  for (let tries = 0; !look(); tries++) {
    assert.ok(tries < 400, `${what} did not happen.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function dataSocket(client: FtpClient): Promise<Socket> {
  const port = Number(/\|\|\|(\d+)\|/.exec(await client.say('EPSV'))?.[1]);
  const socket = raw(port);
  await once(socket, 'connect');
  return socket;
}

test('what was sent in the clear behind AUTH TLS is not heard', async () => {
  const port = await open([directory('a')]);
  const socket = raw(port);
  await once(socket, 'data');
  socket.write('AUTH TLS\r\nUSER discovery\r\nPASS correct horse\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^234/);
  const secure = connectTls({ socket, ca: authority.root, servername: 'localhost' });
  await once(secure, 'secureConnect');
  let heard = '';
  secure.on('data', (chunk) => {
    heard += chunk;
  });
  secure.write('PWD\r\n');
  await until('an answer', () => heard.includes('\n'));
  assert.match(heard, /^530/);
});

test('who signed in in the clear has to sign in again behind TLS', async () => {
  const client = await signedIn(await open([directory('a')]));
  await client.secure(authority.root);
  assert.match(await client.say('PWD'), /^530/);
  client.close();
});

test('where files come over TLS only, no password is heard in the clear', async () => {
  const client = await FtpClient.connect(await open([directory('a', true)]));
  assert.match(await client.say('USER discovery'), /^530 .*AUTH TLS/);
  assert.match(await client.say('PASS correct horse'), /^530/);
  await client.secure(authority.root);
  await client.say('USER discovery');
  assert.match(await client.say('PASS correct horse'), /^230/);
  client.close();
});

test('after three wrong passwords nothing more is heard on the connection', async () => {
  const port = await open([directory('a')], { failedPauseMs: 1 });
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  sockets.push(socket);
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.write('USER discovery\r\n');
  for (let i = 0; i < 10; i++) socket.write(`PASS wrong${i}\r\n`);
  socket.write('PASS correct horse\r\n');
  await until('the end', () => heard.startsWith('220') && receiver?.connections() === 0);
  assert.equal(heard.match(/^530/gm)?.length, 3);
  assert.ok(!heard.includes('230'));
});

test('commands wait at the client while one is under way', async () => {
  const client = await signedIn(await open([directory('a')]));
  client.close();
  const port = receiver?.port ?? 0;
  const socket = raw(port);
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.write('USER discovery\r\nPASS correct horse\r\nEPSV\r\n');
  await until('a port', () => heard.includes('229'));
  // Nobody connects to the port: STOR waits, and with it all that follows.
  socket.write('STOR /a/x\r\n');
  await until('the wait', () => heard.includes('150'));
  const command = 'NOOP\r\n'.repeat(400);
  let written = 0;
  while (written < 4000) {
    socket.write(command);
    written++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Ten megabytes: more than the buffers of the connection hold.
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(socket.writableLength > 0, 'All of it was taken in while nothing was answered.');
});

test('a client that is not signed in is not kept for long', async () => {
  const port = await open([directory('a')], { signInMs: 200 });
  const socket = raw(port);
  socket.resume();
  const timer = setInterval(() => socket.write('NOOP\r\n'), 20);
  await once(socket, 'close');
  clearInterval(timer);
  await until('a free place', () => receiver?.connections() === 0);
});

test('data connections that break, are no TLS or never come end nothing but themselves', async () => {
  const port = await open([directory('a')], {
    passive: { host: '127.0.0.1', firstPort: 0, lastPort: 0, connectMs: 50 },
  });
  const client = await signedIn(port);
  for (let i = 0; i < 20; i++) {
    const data = await dataSocket(client);
    const answer = client.say('LIST');
    data.resetAndDestroy();
    assert.match(await answer, /^150/);
    assert.match(await client.answer(), /^(226|4\d\d)/);
  }
  assert.match(await client.say('EPSV'), /^229/);
  assert.match(await client.say('STOR /a/x'), /^150/);
  assert.match(await client.answer(), /^425/);
  const passive = await client.say('EPSV');
  const dataPort = Number(/\|\|\|(\d+)\|/.exec(passive)?.[1]);
  await client.say('LIST');
  await client.answer();
  await assert.rejects(once(raw(dataPort), 'connect'), /ECONNREFUSED/);
  await client.secure(authority.root);
  await client.say('USER discovery');
  assert.match(await client.say('PASS correct horse'), /^230/);
  for (const command of ['LIST', 'STOR /a/x']) {
    const data = await dataSocket(client);
    const answer = client.say(command);
    data.end('this is no TLS at all, this is no TLS at all');
    assert.match(await answer, /^150/);
    assert.match(await client.answer(), /^4\d\d/);
  }
  assert.match(await client.say('NOOP'), /^200/);
  client.close();
});

test('the file of a client that has gone without waiting for the answer is not kept: it will send it again', async () => {
  const port = await open([directory('a')]);
  const client = await signedIn(port);
  const data = await dataSocket(client);
  const before = stored.length;
  await client.say('STOR /a/x');
  data.write('half of a ');
  await new Promise((resolve) => setTimeout(resolve, 50));
  client.close();
  data.end('file');
  await until('the end of the session', () => receiver?.connections() === 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(stored.length, before);
});

test('a stop does not wait for what clients still send', async () => {
  const port = await open([directory('a')]);
  const client = await signedIn(port);
  const data = await dataSocket(client);
  await client.say('STOR /a/x');
  data.on('error', () => {});
  data.write('half of a ');
  const gone = new Promise((resolve) => data.once('close', resolve));
  data.resume();
  await receiver?.close();
  await gone;
  client.close();
});

test('a place in the directories is no longer than a path', async () => {
  const client = await signedIn(await open([directory('a')]));
  await client.say('CWD a');
  let last = '';
  for (let i = 0; i < 10; i++) last = await client.say(`CWD ${'x/'.repeat(1000)}`);
  assert.match(last, /^550/);
  client.close();
});
