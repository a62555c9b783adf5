// How many lines of syslog a log collector takes over TCP, onto its disk, against what `wc -l` counts on the same kind of socket;
// and that none is lost at 50,000 lines a second.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CollectorStatus } from '../src/log-collector/status.ts';
import { freePort } from '../test/support/postgres-server.ts';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';

export const bench: Bench = {
  name: 'lines of syslog over TCP that a log collector keeps, each second; none lost at 50,000 a second for a minute',
  against: '`wc -l` on a socket that the same lines come in at',
  atLeast: 0.02,
  run,
};

const launcher = fileURLToPath(new URL('../bin/sallyport.cjs', import.meta.url));
const pacedLinesPerSecond = 50_000;
const tickMs = 10;
const endedMs = 60_000;

/** As long as a line of a proxy's log is. */
const line =
  '<13>Nov 21 08:00:00 proxy squid[1]: 1795248000.123 90 192.0.2.7 TCP_MISS/200 4711 GET http://www.dropbox.com/work/plan amara.okafor HIER_DIRECT/203.0.113.7 text/html\n';

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const lines = smoke ? 50_000 : 5_000_000;
  const seconds = smoke ? 1 : 60;
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-collector-'));
  try {
    const counted = lines / (await countByWc(lines));
    log(`wc -l: ${counted.toFixed(0)} lines/s`);
    const collector = await startCollector(folder);
    try {
      const kept = lines / (await sendAll(collector, lines));
      log(`collector: ${kept.toFixed(0)} lines/s`);
      await sendPaced(collector, lines, seconds);
      log(`${pacedLinesPerSecond} lines/s for ${seconds} s: none lost`);
      const [mine, theirs] = [kept.toFixed(0), counted.toFixed(0)];
      return {
        ratio: kept / counted,
        detail: `${mine} lines/s, wc ${theirs}; ${pacedLinesPerSecond} lines/s for ${seconds} s without loss`,
      };
    } finally {
      collector.process.kill('SIGKILL');
      await once(collector.process, 'close');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds until `wc -l`, which reads from the socket itself, has counted all lines. */
async function countByWc(lines: number): Promise<number> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const counted = new Promise<string>((resolve) => {
    server.once('connection', (socket: Socket) => {
      const wc = spawn('wc', ['-l'], { stdio: [socket, 'pipe', 'inherit'] });
      let output = '';
      wc.stdout.on('data', (chunk) => {
        output += chunk;
      });
      wc.on('close', () => resolve(output.trim()));
      // The other process has the socket now.
      socket.destroy();
    });
  });
  const begun = performance.now();
  const socket = connect(port, '127.0.0.1');
  await send(socket, lines);
  socket.end();
  const found = Number(await counted);
  server.close();
  if (found !== lines) throw new Error(`wc counted ${found} of ${lines} lines.`);
  return (performance.now() - begun) / 1000;
}

interface RunningCollector {
  readonly process: ChildProcess;
  readonly port: number;
  received(): Promise<number>;
}

/** A collector without a server: it begins with the settings that it finds, and keeps everything. */
async function startCollector(folder: string): Promise<RunningCollector> {
  const [port, statusPort, nobody] = [await freePort(), await freePort(), await freePort()];
  const input = { id: 'a'.repeat(24), name: 'squid', source: 'SQUID_NATIVE_SYSLOG', receiverType: 'syslog-tcp', port };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ name: 'bench', revision: '1', inputs: [input] }));
  const argv = ['log-collector', '--server', `https://localhost:${nobody}`, '--state', folder, '--listen', '127.0.0.1'];
  const process_ = spawn(process.execPath, [launcher, ...argv, '--status-port', String(statusPort)], {
    env: { PATH: process.env.PATH ?? '', LANG: 'en' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  process_.stdin.end(`slplc${'0'.repeat(64)}\n`);
  process_.stderr.resume();
  const received = async (): Promise<number> => {
    const status = (await (await fetch(`http://127.0.0.1:${statusPort}/status.json`)).json()) as CollectorStatus;
    return status.inputs[0]?.linesReceived ?? 0;
  };
  for (let tries = 0; ; tries++) {
    await sleep(100);
    try {
      await received();
      return { process: process_, port, received };
    } catch (error) {
      if (tries > 200) throw error;
    }
  }
}

/** Seconds until the collector has taken all lines. */
async function sendAll(collector: RunningCollector, lines: number): Promise<number> {
  const begun = performance.now();
  const socket = connect(collector.port, '127.0.0.1');
  await send(socket, lines);
  socket.end();
  await untilReceived(collector, lines);
  return (performance.now() - begun) / 1000;
}

async function untilReceived(collector: RunningCollector, lines: number): Promise<void> {
  const endsAt = performance.now() + endedMs;
  for (;;) {
    const received = await collector.received();
    if (received === lines) return;
    if (received > lines || performance.now() > endsAt) throw new Error(`${received} of ${lines} lines were received.`);
    await sleep(2);
  }
}

/** Sends at the promised pace, whatever the collector does, and checks that all of it came in. */
async function sendPaced(collector: RunningCollector, before: number, seconds: number): Promise<void> {
  const socket = connect(collector.port, '127.0.0.1');
  await once(socket, 'connect');
  const total = pacedLinesPerSecond * seconds;
  const begun = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.ceil(((performance.now() - begun) / 1000) * pacedLinesPerSecond));
    if (due > sent) socket.write(line.repeat(due - sent));
    sent = Math.max(sent, due);
    await sleep(tickMs);
  }
  socket.end();
  await untilReceived(collector, before + total);
}

/** In pieces as a busy appliance sends them, as fast as they are taken. */
async function send(socket: Socket, lines: number): Promise<void> {
  if (socket.connecting) await once(socket, 'connect');
  const atOnce = 400;
  const piece = Buffer.from(line.repeat(atOnce));
  for (let sent = 0; sent < lines; sent += atOnce) {
    if (!socket.write(piece)) await once(socket, 'drain');
  }
}
