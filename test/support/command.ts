// The `sallyport` command as a person starts it: bin/sallyport.cjs in a process of its own.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';

const launcher = join(import.meta.dirname, '../../bin/sallyport.cjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything printed so far, on both streams. */
  output(): string;
  /** Waits until what was printed matches; throws with all of it when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Starts it with these variables and no others but PATH and a language. */
export function startCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  node = process.execPath,
): Started {
  const child = spawn(node, [launcher, ...argv], {
    env: { PATH: process.env.PATH ?? '', LANG: 'en', ...environment },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const hear = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    hear();
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
    hear();
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return {
    child,
    output: () => stdout + stderr,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(stdout + stderr);
        if (found) return found;
        const more = new Promise<'more'>((resolve) => listeners.add(() => resolve('more')));
        const next = await Promise.race([more, ended]);
        listeners.clear();
        if (next !== 'more' && !pattern.test(stdout + stderr))
          throw new Error(`It ended with ${next.code}:\n${stdout}${stderr}`);
      }
    },
    ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs it to its end. */
export async function runCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = '',
): Promise<Ended> {
  const started = startCommand(argv, environment);
  started.child.stdin.end(input);
  return started.ended;
}
