// `npm run catalog -- update FILE [RESERVED]`: carries a collection of facts into the catalogue's files.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { appsFile, parseLines, readAppLines } from '../src/discovery/catalog/records.ts';
import { type CollectedApp, type Correction, linesText, merge } from './catalog-merge.ts';

const usage = 'npm run catalog -- update COLLECTION.json [RESERVED-IDS.json]';

async function readJson<Value>(file: string | URL): Promise<Value> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function update(collection: string, reservedFile: string | undefined): Promise<void> {
  const collected = await readJson<CollectedApp[]>(collection);
  const corrections = await readJson<Record<string, Correction>>(new URL('corrections.json', appsFile));
  const reserved = reservedFile === undefined ? {} : await readJson<Record<string, number>>(reservedFile);
  const lines = await readAppLines().catch(() => parseLines<never>(''));
  const { lines: apps, factors } = merge({ lines, factors: new Map() }, collected, corrections, reserved);
  await mkdir(new URL('factors/', appsFile), { recursive: true });
  await writeFile(appsFile, linesText(apps));
  for (const [name, rows] of factors) await writeFile(new URL(`factors/${name}.ndjson`, appsFile), linesText(rows));
  process.stdout.write(
    `${apps.length} apps, ${factors.size} kinds of factors. Now run the tests of src/discovery/catalog.\n`,
  );
}

const [command, collection, reserved] = process.argv.slice(2);
if (command === 'update' && collection !== undefined) await update(collection, reserved);
else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}
