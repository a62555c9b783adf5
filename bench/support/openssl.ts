import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchOptions } from './bench.ts';
import { requireProgram } from './installed.ts';

/** Signatures per second of RSA with 2048 bits on two cores, by the wall clock, as openssl itself counts them. */
export async function measureSignatures(seconds: number, log: BenchOptions['log']): Promise<number> {
  requireProgram('openssl');
  const words = ['speed', '-elapsed', '-seconds', String(seconds), '-multi', '2', 'rsa2048'];
  const { stdout } = await promisify(execFile)('openssl', words);
  const line = stdout.split('\n').find((each) => /^rsa +2048 bits/.test(each));
  const rate = Number(line?.trim().split(/\s+/)[5]);
  if (!(rate > 0)) throw new Error(`openssl ${words.join(' ')} printed no figure: ${stdout}`);
  log(`openssl ${words.join(' ')}: ${line?.trim()}`);
  return rate;
}
