// Somebody's machine for tests of the command line: a configuration folder of its own, and `run` to type commands there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { runCli } from '../../src/cli/run.ts';
import type { CliEnvironment } from '../../src/config.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { testPassword } from './accounts.ts';
import { type ScriptOptions, scriptTerminal } from './terminal.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, parsed; the test asserts on what it reads. */
  json<T>(): T;
}

export interface Machine {
  readonly folder: string;
  readonly environment: CliEnvironment;
  run(argv: readonly string[], options?: ScriptOptions): Promise<Outcome>;
}

export function newMachine(context: TestContext): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const environment = {
    languageTag: 'en',
    profilesFile: join(folder, 'config', 'profiles.json'),
    demoFile: join(folder, 'demo.json'),
  };
  return {
    folder,
    environment,
    async run(argv, options = {}) {
      const terminal = scriptTerminal(options);
      const exitCode = await runCli(argv, terminal, environment);
      const { stdout, stderr } = terminal;
      return { exitCode, stdout, stderr, json: <T>() => JSON.parse(stdout) as T }; // See Outcome.
    },
  };
}

/** Signs a user with the test password in, as a script would. */
export async function signInOn(machine: Machine, url: string, user: Pick<UserRow, 'userName'>): Promise<void> {
  const argv = ['login', url, '--user', user.userName, '--password-stdin'];
  const outcome = await machine.run(argv, { input: testPassword });
  assert.equal(outcome.exitCode, exitCodes.ok, outcome.stderr);
}

/** The session value of the machine's first profile. */
export function sessionOn(machine: Machine): string {
  const { profiles } = JSON.parse(readFileSync(machine.environment.profilesFile, 'utf8'));
  return profiles[0].session;
}
