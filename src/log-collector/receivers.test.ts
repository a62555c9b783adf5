// What senders of syslog can do to the collector, against its ports.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { makeTestAuthority } from '../../test/support/authorities.ts';
import { type Receiver, receiveTcp, receiveTls, receiveUdp } from './receivers.ts';

const sockets: Socket[] = [];
let receiver: Receiver | undefined;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await receiver?.close();
  receiver = undefined;
});

const anyPort = { host: '127.0.0.1', port: 0 };
function taking() {
  const inlet = {
    lines: 0,
    text: '',
    complaints: [] as string[],
    take: ({ bytes, count }: { bytes: Buffer; count: number }): void => {
      inlet.lines += count;
      inlet.text += bytes.toString();
    },
    complain: (message: string): void => {
      inlet.complaints.push(message);
    },
  };
  return inlet;
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function until(what: string, look: () => boolean): Promise<void> {
  for (let tries = 0; !look(); tries++) {
    assert.ok(tries < 400, `${what} did not happen.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test('a stop does not wait for senders that never finish the TLS handshake, and they have no more places than others', async () => {
  const authority = await makeTestAuthority();
  const pair = await authority.serverPair({ names: ['localhost'] });
  const files = {
    certificate: Buffer.from(pair.cert),
    key: Buffer.from(pair.key),
    authorities: Buffer.from(authority.root),
  };
  const inlet = taking();
  receiver = await receiveTls(anyPort, files, inlet, { connectionsMax: 3 });
  const { port } = receiver;
  for (let i = 0; i < 3; i++) await opened(port);
  await until('the connections', () => receiver?.connections() === 3);
  const fourth = await opened(port);
  if (!fourth.closed) await once(fourth, 'close');
  assert.match(inlet.complaints.join(), /3 connections are open/);
  const began = performance.now();
  await receiver.close();
  assert.ok(performance.now() - began < 5000);
  await assert.rejects(once(connectTls({ port, host: '127.0.0.1', ca: authority.root }), 'secureConnect'));
});

test('senders of old TLS are refused', async () => {
  const authority = await makeTestAuthority();
  const pair = await authority.serverPair({ names: ['localhost'] });
  const files = {
    certificate: Buffer.from(pair.cert),
    key: Buffer.from(pair.key),
    authorities: Buffer.from(authority.root),
  };
  receiver = await receiveTls(anyPort, files, taking());
  const client = await authority.serverPair({ names: ['fw'], isClient: true });
  const options = { port: receiver.port, host: '127.0.0.1', ca: authority.root, servername: 'localhost', ...client };
  await assert.rejects(
    once(
      connectTls({ ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      'secureConnect',
    ),
  );
});

test('a port that is taken costs nothing, however often it is tried', {
  skip: process.platform !== 'linux',
}, async () => {
  const other = createSocket('udp4');
  other.bind(0, '127.0.0.1');
  await once(other, 'listening');
  const listening = { host: '127.0.0.1', port: other.address().port };
  await assert.rejects(receiveUdp(listening, taking()), /EADDRINUSE/);
  const count = (): number => readdirSync('/proc/self/fd').length;
  const before = count();
  for (let i = 0; i < 20; i++) await assert.rejects(receiveUdp(listening, taking()), /EADDRINUSE/);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(count() <= before + 2, `${count() - before} more descriptors are open.`);
  other.close();
});

test('a thousand connections that say nothing and a sender that breaks off leave the others their lines', async () => {
  const inlet = taking();
  receiver = await receiveTcp(anyPort, inlet);
  const { port } = receiver;
  for (let i = 0; i < 200; i++) await opened(port);
  const broken = await opened(port);
  broken.write('<13>half');
  await until('half a line', () => receiver?.connections() === 201);
  await new Promise((resolve) => setTimeout(resolve, 50));
  broken.resetAndDestroy();
  const binary = await opened(port);
  binary.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x39, 0x39, 0x20, 0x3c, 0x0a]));
  const sender = await opened(port);
  for (let i = 0; i < 1000; i++) sender.write(`<13>line ${i}\n`);
  await until('the lines', () => (inlet.text.match(/<13>line \d+\n/g) ?? []).length === 1000);
});
