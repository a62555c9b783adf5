// The shape of the project, checked: which part may know which, and a few promises about every file. Each failure names
// the file, the rule, and what to do instead.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Import, listImports, listSources, readSource } from './support/sources.ts';

const nouns = [
  'directory',
  'tokens',
  'applications',
  'authorizations',
  'signing',
  'audit',
  'activities',
  'alerts',
  'incidents',
  'changes',
  'machines',
  'notifications',
  'policies',
  'custom-detections',
  'detections',
  'entities',
  'files',
  'subnets',
  'discovery',
  'hunting',
  'agents',
  'geo',
  'demo',
];

/** Parts of src that are neither nouns nor surfaces, and what each may import besides packages, itself and lib. */
const foundations: Record<string, readonly string[]> = {
  lib: [],
  kql: [],
  db: [],
  events: [],
  listening: ['config.ts'],
  'agent-client': [],
  'log-collector': ['agent-client'],
  'siem-agent': ['agent-client'],
};

/** Commands that do the server's work on their own machine and so are part of it, not clients of its API. */
const serverCommands = ['serve', 'demo', 'config', 'break-glass', 'kql'].map((name) => `src/cli/commands/${name}.ts`);

/** Commands that are an agent: a process of its own, which is a client of the API as any other. */
const agentParts = ['agent-client', 'log-collector', 'siem-agent'];
const agentCommands = ['log-collector-process', 'log-collector-page', 'siem-agent-process'].map(
  (name) => `src/cli/commands/${name}.ts`,
);

/** Authentication looks up credentials of these nouns for every request; it is the one part that reads their stores. */
const storesOfAccess = ['src/tokens/store.ts', 'src/agents/store.ts'];

const files = listSources('src/**/*.ts');
const productFiles = files.filter((file) => !file.endsWith('.test.ts'));
const imports = listImports(productFiles);
const ownImports = imports.filter(({ to }) => to.startsWith('src/'));

/** "directory" for src/directory/users.ts, "config.ts" for src/config.ts. */
const partOf = (file: string): string => file.split('/')[1] ?? '';
const isNoun = (file: string): boolean => nouns.includes(partOf(file));
const isStore = (file: string): boolean => /(^|\/|-)store\.ts$/.test(file) && !file.startsWith('src/db/');
const isSchema = (file: string): boolean => /^src\/apis\/.*(^|\/|-)schemas\.ts$/.test(file);
const isServerCommand = (file: string): boolean =>
  serverCommands.some((command) => file === command || file.startsWith(command.replace(/\.ts$/, '/')));

function refuse(rule: string, wrong: (each: Import) => boolean, advice: string, among = ownImports): void {
  const found = among.filter(wrong).map(({ from, to }) => `  ${from} imports ${to}`);
  assert.equal(found.length, 0, `${rule}\n${found.join('\n')}\n${advice}`);
}

test('the imports of the project are found', () => {
  assert.ok(ownImports.length > 200);
  assert.ok(ownImports.some(({ from, to }) => from === 'src/main.ts' && partOf(to) === 'cli'));
});

test('every folder of src is one that the architecture knows', () => {
  const known = [...nouns, ...Object.keys(foundations), 'access', 'apis', 'cli', 'running'];
  const strange = [...new Set(files.filter((file) => file.split('/').length > 2).map(partOf))].filter(
    (part) => !known.includes(part),
  );
  assert.deepEqual(
    strange,
    [],
    'These folders of src are in no list of test/architecture.test.ts. Put each into the list of what it is: a noun, a ' +
      'foundation, or part of the way in.',
  );
});

test('foundations know nothing of what is built on them', () => {
  for (const [part, allowed] of Object.entries(foundations)) {
    const inside = (file: string) => partOf(file) === part;
    const isAllowed = (to: string) => inside(to) || partOf(to) === 'lib' || allowed.includes(partOf(to));
    const strict = part === 'kql' || part === 'lib';
    refuse(
      `src/${part} imports only itself${strict ? '' : ', lib'}${allowed.map((name) => `, ${name}`).join('')}.`,
      ({ from, to }) => inside(from) && !(strict ? inside(to) : isAllowed(to)),
      'Hand it what it needs as an argument, or move the code up to the part that uses both.',
    );
  }
});

test('a noun never imports a surface, the server or the command line', () => {
  refuse(
    'Nouns and access are below the surfaces: apis -> nouns -> db | events.',
    ({ from, to }) =>
      (isNoun(from) || partOf(from) === 'access') &&
      ['apis', 'cli', 'running', 'server.ts', 'main.ts'].includes(partOf(to)),
    'Wire shapes are translated in apis; hand the noun plain values.',
  );
});

test("a noun's store is its own", () => {
  refuse(
    "Only a noun's own files import its store; access may read the stores of credentials.",
    ({ from, to }) =>
      isStore(to) && partOf(from) !== partOf(to) && !(partOf(from) === 'access' && storesOfAccess.includes(to)),
    'Export a function from the noun that owns the rows, with its rules, and call that.',
  );
  refuse(
    'A store holds queries only: it imports db, events, lib and types, never rules or callers.',
    ({ from, to }) =>
      isStore(from) &&
      isNoun(from) &&
      ['access', 'context.ts', 'config.ts'].includes(partOf(to)) &&
      !isTypeOnly(from, to),
    'Take what the query needs as arguments; decide in the noun.',
  );
});

test('surfaces reach data through nouns only', () => {
  refuse(
    'apis import neither db nor events nor a store.',
    ({ from, to }) =>
      partOf(from) === 'apis' && (['db', 'events', 'running', 'cli'].includes(partOf(to)) || isStore(to)),
    'Put the query into the store of the noun and the rule into the noun.',
  );
});

test('the command line is a client: it sees schemas, settings and lib', () => {
  const allowed = (to: string) =>
    isSchema(to) || ['cli', 'config.ts', 'settings.ts', 'lib', 'version.ts'].includes(partOf(to));
  refuse(
    'src/cli imports only apis/**/schemas.ts and *-schemas.ts, config.ts, settings.ts, lib and itself; the commands that run on the ' +
      `server's own machine are ${serverCommands.join(', ')}.`,
    ({ from, to }) =>
      partOf(from) === 'cli' &&
      !isServerCommand(from) &&
      !allowed(to) &&
      !(agentCommands.includes(from) && agentParts.includes(partOf(to))),
    'Call the management API, or move a schema into a schemas file.',
  );
  refuse(
    'main.ts starts the command line and nothing else.',
    ({ from, to }) => from === 'src/main.ts' && !['cli', 'config.ts', 'lib'].includes(partOf(to)),
    'Add a command in src/cli.',
  );
});

test('the portal sees schemas and lib only, and the server never sees the portal', () => {
  const webImports = listImports(listSources('web/**/*.{ts,tsx}'));
  refuse(
    'web imports nothing of the server but schemas and lib.',
    ({ to }) => to.startsWith('src/') && !isSchema(to) && partOf(to) !== 'lib',
    'Call the management API.',
    webImports,
  );
  refuse(
    'The server imports no code of the portal.',
    ({ to }) => to.startsWith('web/') && !to.startsWith('web/locales/'),
    'Only texts in web/locales are shared.',
    imports,
  );
});

test('schemas files can be loaded by clients: they import schemas, lib and types only', () => {
  refuse(
    'A schemas file must not pull server code into a client.',
    ({ from, to }) => isSchema(from) && !isSchema(to) && partOf(to) !== 'lib' && !isTypeOnly(from, to),
    'Import types with "import type", or keep the value in lib.',
  );
});

function isTypeOnly(from: string, to: string): boolean {
  const name = to.split('/').at(-1) ?? '';
  const statements = readSource(from).match(/^import[^;]*;/gm) ?? [];
  return statements
    .filter((statement) => statement.includes(`/${name}'`))
    .every((statement) => statement.startsWith('import type'));
}

test('only config.ts reads the environment', () => {
  const readers = productFiles.filter(
    (file) => file !== 'src/config.ts' && /\bprocess\s*\.\s*env\b|\benv\s*}\s*=\s*process\b/.test(readSource(file)),
  );
  assert.deepEqual(readers, [], 'Add a row to src/settings.ts and take the value from the Config.');
});

test('no file is longer than one reading', () => {
  const linesMax = 400;
  const code = listSources('{src,test,bench,bin,web}/**/*.{ts,tsx,cjs}').filter((file) => !file.includes('/golden/'));
  const long = code
    .map((file) => ({ file, lines: readSource(file).split('\n').length - 1 }))
    .filter(({ lines }) => lines > linesMax);
  assert.deepEqual(long, [], `A file has one subject and at most ${linesMax} lines. Split it by subject.`);
});

/** The file of each folder that says what the folder is for; a noun's is named after it unless it is listed here. */
const mainFiles: Record<string, string> = {
  access: 'src/access/caller.ts',
  'agent-client': 'src/agent-client/server.ts',
  discovery: 'src/discovery/sources.ts',
  'log-collector': 'src/log-collector/collector.ts',
  apis: 'src/server.ts',
  applications: 'src/applications/registrations.ts',
  'apis/cloud-apps': 'src/apis/cloud-apps/surface.ts',
  'apis/management': 'src/apis/management/surface.ts',
  cli: 'src/cli/run.ts',
  db: 'src/db/store.ts',
  directory: 'src/directory/tenants.ts',
  demo: 'src/demo/seed.ts',
  kql: 'src/kql/compile.ts',
  listening: 'src/listening/names.ts',
  running: 'src/running/start.ts',
  signing: 'src/signing/signing-keys.ts',
  test: 'test/run.ts',
  bench: 'bench/run.ts',
};

test("every folder's main file opens by saying what the folder is for", () => {
  const folders = [...new Set(files.filter((file) => file.split('/').length > 2).map(partOf))].filter(
    (part) => part !== 'lib',
  );
  const wanted = new Set([
    ...folders.map((part) => mainFiles[part] ?? `src/${part}/${part}.ts`),
    ...Object.values(mainFiles),
  ]);
  const faults = [...wanted].flatMap((file) => {
    if (listSources(file).length === 0) return [`${file} does not exist`];
    return /^\/\/ \S/.test(readSource(file)) ? [] : [`${file} does not open with a comment`];
  });
  assert.deepEqual(
    faults,
    [],
    'Begin the file with two to five lines of comment, or name another main file in this test.',
  );
});

test('names are exported by name', () => {
  const faults = listSources('{src,test,bench}/**/*.ts').filter((file) =>
    /^export default\b|\bas default\b/m.test(readSource(file)),
  );
  assert.deepEqual(faults, [], 'Use a named export: it keeps its name wherever it is imported.');
});

test('nothing is left for later, and nothing tells where it was made', () => {
  const texts = listSources('**/*').filter((file) =>
    /\.(ts|tsx|cjs|mjs|js|json|md|css|html|txt|yml|sh)$|^\.ci\/run$|^NOTICE$/.test(file),
  );
  const hidden = listSources('.ci/*');
  const marks = /\b(?:TODO|FIXME|XXX)\b/;
  const places =
    /\b(?:registry|npm|pypi|packages?)\.[a-z0-9-]+\.(?:com|org|net|io|dev)\b|(?:^|[\s"'`(=:])\/(?:root|home|Users|work)\/\w/;
  const here = 'test/architecture.test.ts';
  const faults = [...texts, ...hidden]
    .filter((file) => file !== here)
    .flatMap((file) =>
      readSource(file)
        .split('\n')
        .flatMap((line, index) => {
          const what = places.test(line)
            ? 'names a machine or a registry'
            : marks.test(line)
              ? 'is left for later'
              : null;
          // Integrity hashes in the lock file are random letters.
          if (what === null || line.includes('"integrity"')) return [];
          return [`${file}:${index + 1} ${what}: ${line.trim().slice(0, 100)}`];
        }),
    );
  assert.deepEqual(faults, [], 'Do it, or open an issue; remove names of places that others do not have.');
});

const languages = ['en', 'ja', 'zh-Hant', 'fr', 'ko'];

test('every text exists in every language, with the same placeholders', () => {
  const names = [...new Set(listSources('web/locales/*/*.json').map((file) => file.split('/').at(-1) ?? ''))];
  const faults = names.flatMap((name) => {
    const english = textsOf('en', name);
    return languages.flatMap((language) => {
      const texts = textsOf(language, name);
      const missing = [...english.keys()]
        .filter((key) => !texts.has(key))
        .map((key) => `${language}/${name} lacks ${key}`);
      const extra = [...texts.keys()]
        .filter((key) => !english.has(key))
        .map((key) => `${language}/${name} alone has ${key}`);
      const different = [...texts].flatMap(([key, placeholders]) => {
        const wanted = english.get(key);
        return wanted === undefined || wanted === placeholders
          ? []
          : [`${language}/${name} ${key} has {${placeholders}}, English {${wanted}}`];
      });
      return [...missing, ...extra, ...different];
    });
  });
  assert.deepEqual(faults, [], 'Translate the text in all five files of web/locales.');
});

/** Keys with their sorted placeholders. Plural forms differ between languages: only the form that all have is compared. */
function textsOf(language: string, name: string): Map<string, string> {
  const file = `web/locales/${language}/${name}`;
  const texts = new Map<string, string>();
  if (listSources(file).length === 0) return texts;
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
    } else if (!/_(zero|one|two|few|many)$/.test(path)) {
      assert.ok(typeof value === 'string' && value.trim() !== '', `${file}: ${path} is empty.`);
      const placeholders = [...value.matchAll(/{{\s*-?\s*([^},\s]+)[^}]*}}/g)].map((match) => match[1]);
      texts.set(path.replace(/_other$/, ''), placeholders.sort().join(', '));
    }
  };
  visit(JSON.parse(readSource(file)), '');
  return texts;
}
