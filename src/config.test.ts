import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { ConfigProblem, type Environment, loadConfig, readCliEnvironment } from './config.ts';
import { environmentName, type Setting, settings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
after(() => rmSync(folder, { recursive: true }));
const mode = { isDemo: false, vendorHosts: false };
const load = (environment: Environment) => loadConfig(mode, environment);
const table: readonly Setting[] = settings;

let files = 0;
function configFile(content: unknown): string {
  const file = join(folder, `${++files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('without environment and file every setting has the default of its row, and says so', () => {
  const { config, sources, file } = load({});
  assert.equal(file, null);
  for (const { name, initial } of table) {
    assert.equal(sources[name], 'default');
    if (name !== 'dataFolder') assert.deepEqual((config as unknown as Record<string, unknown>)[name], initial, name);
  }
  assert.equal(config.dataFolder, resolve('data/server'));
});

test('every default lies within the bounds of its own row, and every name and variable is there once', () => {
  for (const { name, kind, initial, minimum = 0, maximum = Number.MAX_SAFE_INTEGER, oneOf } of table) {
    if (kind === 'number') assert.ok(typeof initial === 'number' && initial >= minimum && initial <= maximum, name);
    if (oneOf) assert.ok(typeof initial === 'string' && oneOf.includes(initial), name);
  }
  assert.equal(new Set(table.map(({ name }) => name)).size, table.length);
  assert.equal(new Set(table.map(environmentName)).size, table.length);
});

test('the environment goes before the file, the file before the mode, the mode before the default', () => {
  const file = configFile({ port: 2000, region: 'from file' });
  const { config, sources } = loadConfig(
    mode,
    { SALLYPORT_CONFIG: file, SALLYPORT_PORT: '1000' },
    { region: 'from mode', pageRowsMax: 7 },
  );
  assert.deepEqual([config.port, config.region, config.pageRowsMax], [1000, 'from file', 7]);
  assert.deepEqual([sources.port, sources.region, sources.pageRowsMax], ['environment', 'file', 'mode']);
});

test('a variable or key that is no setting is refused by its name', () => {
  assert.throws(() => load({ SALLYPORT_PROT: '1000' }), /SALLYPORT_PROT is not a setting/);
  assert.throws(() => load({ SALLYPORT_: '' }), ConfigProblem);
  for (const key of ['prot', 'Port', '__proto__', 'isDemo', 'constructor']) {
    const file = configFile(`{"${key}": 1000}`);
    assert.throws(() => load({ SALLYPORT_CONFIG: file }), new RegExp(key), key);
  }
  assert.ok(load({ PATH: '/bin', SALLYPORTX: 'not ours' }));
});

test('every number is refused below, above and between its whole values, from environment and file alike', () => {
  for (const setting of table.filter(({ kind }) => kind === 'number')) {
    const { name, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = setting;
    const variable = environmentName(setting);
    for (const value of [minimum - 1, maximum + 1, minimum + 0.5]) {
      assert.throws(() => load({ [variable]: String(value) }), ConfigProblem, `${variable}=${value}`);
      assert.throws(() => load({ SALLYPORT_CONFIG: configFile({ [name]: value }) }), ConfigProblem);
    }
    for (const text of ['x', '1x', 'NaN', 'Infinity', ' '])
      assert.throws(() => load({ [variable]: text }), ConfigProblem);
    assert.throws(() => load({ SALLYPORT_CONFIG: configFile({ [name]: String(minimum) }) }), ConfigProblem);
    assert.ok(load({ [variable]: String(minimum) }));
  }
});

test('a choice that is none is answered with the choices; an empty variable counts as not set', () => {
  assert.throws(() => load({ SALLYPORT_TLS: 'off' }), /local-ca, files, proxy/);
  assert.equal(load({ SALLYPORT_TLS: '', SALLYPORT_CONFIG: '' }).config.tls, 'local-ca');
});

test('lists are read from text with commas and from JSON lists only', () => {
  assert.deepEqual(load({ SALLYPORT_HOST_ALIASES: 'a.example, b.example,' }).config.hostAliases, [
    'a.example',
    'b.example',
  ]);
  for (const hostAliases of ['a.example', [1], { 0: 'a' }, null])
    assert.throws(() => load({ SALLYPORT_CONFIG: configFile({ hostAliases }) }), ConfigProblem);
});

test('a file may say null where not being set is the default, and nowhere else', () => {
  assert.equal(load({ SALLYPORT_CONFIG: configFile({ publicUrl: null }) }).config.publicUrl, null);
  assert.throws(() => load({ SALLYPORT_CONFIG: configFile({ region: null }) }), ConfigProblem);
});

test('a file that is missing, is no JSON or is no object is refused with its name and without its content', () => {
  assert.throws(() => load({ SALLYPORT_CONFIG: join(folder, 'none.json') }), /none\.json, which does not exist/);
  assert.throws(() => load({ SALLYPORT_CONFIG: folder }), /cannot be read/);
  for (const text of ['', '[]', '5', 'null', '"x"'])
    assert.throws(() => load({ SALLYPORT_CONFIG: configFile(text) }), ConfigProblem);
  const secret = 'postgres://sallyport:tram-lantern@db/';
  for (const text of [`{"databaseUrl": ${secret}}`, `{"databaseUrl": "${secret}" 1}`, `{"databaseUrl": '${secret}'}`]) {
    assert.throws(
      () => load({ SALLYPORT_CONFIG: configFile(text) }),
      (error: unknown) =>
        error instanceof ConfigProblem && !error.message.includes('tram') && !error.message.includes('postgres'),
    );
  }
});

test('what holds a secret is marked as secret', () => {
  const secret = table.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  assert.deepEqual(secret.sort(), ['databaseUrl', 'mailPassword', 'masterKey']);
});

test('the command line finds its profiles where the platform keeps configuration', () => {
  assert.equal(readCliEnvironment({ XDG_CONFIG_HOME: '/x' }).profilesFile, join('/x', 'sallyport', 'profiles.json'));
  assert.equal(readCliEnvironment({ SALLYPORT_DATA: '/d' }).demoFile, join('/d', 'demo.json'));
});
