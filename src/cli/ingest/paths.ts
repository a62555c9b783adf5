// The files that a person means by a list of files and folders.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const known = /\.(json|ndjson|jsonl|csv)(\.gz)?$|\.gz$/i;

/**
 * Files as they were given, and in the place of a folder all files in and below it that look like records, by name: exports
 * are named by their time, and what comes in its order is stored in its order.
 */
export function filesAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (path !== '-' && statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && known.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
