// What a start costs is, above all, how many files it loads. Files can be counted, unlike milliseconds, on any machine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { projectRoot } from './support/sources.ts';

/** Files of packages that are loaded before the server is ready. */
const packageFilesMax = 620;
/** Files of our own. They cost more each than those of packages: hardly anything in them is compiled lazily. */
const ownFilesMax = 540;

/** Large, and not needed to become ready. */
const neverAtStart = ['typebox', 'ajv', 'maxmind', 'pg', '@peculiar/x509', 'jose', 'csv-parse', 'openid-client'];

const advice =
  'What the first calls do not need is loaded by whoever needs it: "A library" in CONTRIBUTING.md. If a start does need more, raise ' +
  'the limit after "npm run bench start" has shown that there is room.';

/** In a process of its own: imports what `sallyport demo` and `serve` load, and prints every file that was loaded. */
const listing = `
import { registerHooks } from 'node:module';
const files = [];
registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
for (const file of ['main.ts', 'cli/commands/demo.ts', 'cli/commands/serve.ts', 'server.ts']) {
  process.argv.splice(1, process.argv.length, 'sallyport', 'version');
  await import(new URL('src/' + file, process.env.PROJECT).href);
}
console.log(JSON.stringify(files));
`;

describe('a start', () => {
  let own = 0;
  const packages = new Map<string, number>();

  before(() => {
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', listing], {
      encoding: 'utf8',
      env: { ...process.env, PROJECT: `file://${join(projectRoot, '/')}` },
    });
    const files: string[] = JSON.parse(output.trim().split('\n').at(-1) ?? '[]');
    for (const file of files) {
      const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
      if (name !== undefined) packages.set(name, (packages.get(name) ?? 0) + 1);
      else if (file.startsWith('file:')) own++;
    }
  });

  test('loads no large library that becoming ready does not need', () => {
    const found = neverAtStart.filter((name) => packages.has(name));
    assert.deepEqual(found, [], `Import it with "import type", and load it where it is used. ${advice}`);
  });

  test('loads few enough files to be ready within a second', () => {
    const ofPackages = [...packages.values()].reduce((sum, count) => sum + count, 0);
    const largest = [...packages].sort(([, a], [, b]) => b - a).slice(0, 8);
    const counts = largest.map(([name, count]) => `${name} ${count}`).join(', ');
    assert.ok(own > 100 && ofPackages > 100, 'The files of a start are not counted as they should be.');
    assert.ok(ofPackages <= packageFilesMax, `${ofPackages} files of packages: ${counts}, … ${advice}`);
    assert.ok(own <= ownFilesMax, `${own} files of our own. ${advice}`);
  });
});
