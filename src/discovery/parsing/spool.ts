import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What files of rows are called, so that nothing else is ever removed. */
const ending = '.rows';

/** The folder for files of rows, made when it is not there. Throws when it cannot be. */
export async function openSpool(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

export function spoolFile(folder: string, job: string, name: string): string {
  return join(folder, `${job}-${name}${ending}`);
}

/** Removes the files of a job. */
export async function clearSpool(folder: string, job: string): Promise<void> {
  await removeFiles(folder, (file) => file.startsWith(`${job}-`));
}

/** Removes what jobs left there whose process was killed. To be called at the start, before the first job. */
export async function sweepSpool(folder: string): Promise<void> {
  await removeFiles(folder, () => true);
}

async function removeFiles(folder: string, isWanted: (file: string) => boolean): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  const wanted = files.filter((file) => file.endsWith(ending) && isWanted(file));
  await Promise.all(wanted.map((file) => rm(join(folder, file), { force: true })));
}
