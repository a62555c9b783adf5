// `sallyport siem-agent` as it runs: in a process of its own that a test may kill, or within the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type AgentOptions, runSiemAgent } from '../../src/siem-agent/siem-agent.ts';
import type { TestServer } from './server.ts';

/** The command line; the token comes on its standard input. */
export interface AgentProcess {
  readonly child: ChildProcess;
  /** What it said so far. */
  output(): string;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

export function newStateFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'siem-agent-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts it against the server, which speaks plain HTTP on loopback. */
export function startAgentProcess(
  server: Pick<TestServer, 'port'>,
  token: string,
  stateFolder: string,
  options: readonly string[] = [],
): AgentProcess {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const argv = [
    'siem-agent',
    '--server',
    `http://localhost:${server.port}`,
    '--state',
    stateFolder,
    '--poll-seconds',
    '1',
  ];
  const child = spawn(process.execPath, [main, ...argv, ...options], {
    env: { PATH: process.env.PATH ?? '', LANG: 'en' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  child.stdin.on('error', () => {});
  // Standard input stays open, as under a starter that has more to say.
  child.stdin.write(`${token}\n`);
  const ended = once(child, 'close').then(([code]): number | null => code);
  return {
    child,
    output: () => output,
    ended,
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
  };
}

export interface RunningAgent {
  readonly lines: readonly string[];
  /** Resolves when it has ended; rejects with what ended it. */
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

/** Runs it within the test, looking and reporting often. */
export function runAgentHere(
  server: Pick<TestServer, 'port'>,
  token: string,
  stateFolder: string,
  changes: Partial<AgentOptions> = {},
): RunningAgent {
  const stop = new AbortController();
  const lines: string[] = [];
  const options: AgentOptions = {
    server: `http://localhost:${server.port}`,
    token,
    stateFolder,
    caFile: null,
    proxy: null,
    pollSeconds: 0.05,
    reportSeconds: 0.1,
    log: (level, sentence) => void lines.push(`${level} ${sentence}`),
    version: '0.1.0',
    systemName: 'collector-1',
    framing: 'lines',
    tls: { ca: null, certificate: null, key: null },
    datagramBytesMax: 8192,
    ...changes,
  };
  const done = runSiemAgent(options, stop.signal);
  done.catch(() => {});
  return {
    lines,
    done,
    async stop() {
      stop.abort();
      await done;
    },
  };
}
