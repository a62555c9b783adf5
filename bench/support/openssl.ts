import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { canInstallPackages, installPackages } from '../../test/support/apt.ts';
import type { BenchOptions } from './bench.ts';

/** Signatures per second of RSA with 2048 bits on two cores, by the wall clock, as openssl itself counts them. */
export async function measureSignatures(seconds: number, log: BenchOptions['log']): Promise<number> {
  if (!isInstalled() && canInstallPackages()) installPackages(['openssl']);
  if (!isInstalled())
    throw new Error('openssl was not found on the PATH. Install it (Debian: apt-get install openssl).');
  const words = ['speed', '-elapsed', '-seconds', String(seconds), '-multi', '2', 'rsa2048'];
  const { stdout } = await promisify(execFile)('openssl', words);
  const line = stdout.split('\n').find((each) => /^rsa +2048 bits/.test(each));
  const rate = Number(line?.trim().split(/\s+/)[5]);
  if (!(rate > 0)) throw new Error(`openssl ${words.join(' ')} printed no figure: ${stdout}`);
  log(`openssl ${words.join(' ')}: ${line?.trim()}`);
  return rate;
}

function isInstalled(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'openssl')));
}
