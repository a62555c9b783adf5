import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallPackages, installPackages } from '../../test/support/apt.ts';

/** Makes sure that a program of the Debian package of the same name can be run; throws a sentence that names it. */
export function requireProgram(name: string): void {
  if (!isInstalled(name) && canInstallPackages()) installPackages([name]);
  if (!isInstalled(name))
    throw new Error(`${name} was not found on the PATH. Install it (Debian: apt-get install ${name}).`);
}

function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}
