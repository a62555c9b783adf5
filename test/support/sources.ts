// The project's own files and what they import, for tests about the source itself.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Paths from the project's root, with forward slashes, sorted; what is installed, generated or data is left out. */
export function listSources(pattern: string): string[] {
  return globSync(pattern, { cwd: projectRoot })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/(^|\/)(node_modules|\.git|dist(-\w+)?|test-results)\/|^data\//.test(file))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}

export interface Import {
  readonly from: string;
  /** A path from the project's root for the project's own files, else the package's name as written. */
  readonly to: string;
}

const importPattern =
  /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|(?:^|[\s;(])import\s*\(?\s*'([^']+)'/g;

/** Every static and dynamic import of the files. */
export function listImports(files: readonly string[]): Import[] {
  return files.flatMap((from) =>
    [...readSource(from).matchAll(importPattern)].map((match) => {
      const to = match[1] ?? match[2] ?? '';
      return { from, to: to.startsWith('.') ? normalize(join(dirname(from), to)).replaceAll('\\', '/') : to };
    }),
  );
}

/** Whether a file of the project imports another, by itself or through what it imports. Paths from the project's root, or whole ones. */
export function reaches(file: string, wanted: string): boolean {
  const seen = new Set([relative(projectRoot, resolve(projectRoot, file)).replaceAll('\\', '/')]);
  for (const each of seen) {
    if (each === wanted) return true;
    for (const to of ownImportsOf(each)) seen.add(to);
  }
  return false;
}

const known = new Map<string, readonly string[]>();

function ownImportsOf(file: string): readonly string[] {
  let own = known.get(file);
  if (own === undefined) {
    own = listImports([file]).flatMap(({ to }) => (existsSync(join(projectRoot, to)) ? [to] : []));
    known.set(file, own);
  }
  return own;
}
