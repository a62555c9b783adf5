// Installs Debian packages that a stage of the suite needs, with apt-get's own progress on the screen.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** True where this process may install Debian packages: root, on a system that has apt-get. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

let listsAreFresh = false;

/** Installs the packages; throws a sentence that says what to install by hand when that fails. */
export function installPackages(names: readonly string[]): void {
  console.log(`Installing ${names.join(', ')} with apt-get.`);
  if (!listsAreFresh) aptGet(['update'], names);
  listsAreFresh = true;
  aptGet(['install', '--yes', '--no-install-recommends', ...names], names);
}

function aptGet(words: readonly string[], names: readonly string[]): void {
  const { status } = spawnSync('apt-get', words, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) {
    throw new Error(
      `"apt-get ${words.join(' ')}" failed. Install ${names.join(', ')} by hand and run the suite again.`,
    );
  }
}
