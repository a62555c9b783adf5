import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchOptions } from './bench.ts';
import { requireProgram } from './installed.ts';

export interface WrkRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WrkPlan {
  readonly connections: number;
  readonly seconds: number;
  /** Mean of the pauses that a connection makes after an answer, exponentially distributed; none when undefined. */
  readonly pauseMs?: number | undefined;
}

export interface WrkFigures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Sends the same request again and again with wrk, one thread in a process of its own, which takes the server as little of
 * the machine as can be. Prints its output. Rejects at any error and any answer but 2xx.
 */
export async function runWrk(
  url: string,
  request: WrkRequest,
  { connections, seconds, pauseMs }: WrkPlan,
  log: BenchOptions['log'],
): Promise<WrkFigures> {
  requireProgram('wrk');
  const folder = await mkdtemp(join(tmpdir(), 'wrk-'));
  try {
    const script = join(folder, 'request.lua');
    await writeFile(script, scriptOf(request, pauseMs), { mode: 0o600 });
    const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url];
    const { stdout } = await promisify(execFile)('wrk', words);
    for (const line of stdout.trimEnd().split('\n')) log(line);
    return figuresOf(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function scriptOf({ method, headers, body }: WrkRequest, pauseMs: number | undefined): string {
  const lines = [`wrk.method = ${luaText(method)}`, `wrk.body = ${luaText(body)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`wrk.headers[${luaText(name)}] = ${luaText(value)}`);
  if (pauseMs !== undefined) {
    lines.push('function delay()', `  return math.floor(-math.log(1 - math.random()) * ${pauseMs})`, 'end');
  }
  return lines.join('\n');
}

/** What is sent is ASCII without control characters, for which JSON's quoting is Lua's. */
function luaText(text: string): string {
  if (!/^[ -~]*$/.test(text)) throw new Error('Only printable ASCII can be sent.');
  return JSON.stringify(text);
}

function figuresOf(output: string): WrkFigures {
  const failed = /^ *(?:Non-2xx|Socket errors).*$/m.exec(output);
  if (failed) throw new Error(`wrk: ${failed[0].trim()}`);
  const requestsPerSecond = Number(/^Requests\/sec: +([\d.]+)/m.exec(output)?.[1]);
  return { requestsPerSecond, p50Ms: percentileOf(output, '50'), p99Ms: percentileOf(output, '99') };
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function percentileOf(output: string, percent: string): number {
  const [, number, unit = ''] = new RegExp(`^ *${percent}% +([\\d.]+)([a-z]+)$`, 'm').exec(output) ?? [];
  const ms = Number(number) * (unitMs[unit] ?? Number.NaN);
  if (!(ms >= 0)) throw new Error(`wrk printed no ${percent} % latency.`);
  return ms;
}
