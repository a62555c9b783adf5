// The programs of examples/ whose runtime is at hand, run as their readers run them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ClientStage, debianPython, incidentCount, openStage } from './stage.ts';

const examples = join(import.meta.dirname, '../../examples');

let stage: ClientStage;
let folder: string;
before(async () => {
  stage = await openStage();
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stage.server.dispose();
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(program: string, words: readonly string[], change: Record<string, string> = {}): Promise<Ran> {
  const { task, server } = stage;
  const env = {
    PATH: process.env.PATH ?? '',
    LOGIN_URL: server.url,
    API_URL: server.url,
    TENANT_ID: task.tenant,
    CLIENT_ID: task.clientId,
    CLIENT_SECRET: task.secret,
    CA_FILE: server.caFile ?? '',
    NODE_EXTRA_CA_CERTS: server.caFile ?? '',
    ...change,
  };
  return new Promise((resolve) => {
    execFile(program, words, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

const programs = [
  { name: 'TypeScript', program: process.execPath, file: 'list-incidents.ts' },
  { name: 'Python', program: debianPython, file: 'list_incidents.py' },
  { name: 'shell', program: '/bin/sh', file: 'list-incidents.sh' },
];

for (const { name, program, file } of programs) {
  const words = [join(examples, file)];
  const skip = existsSync(program) ? false : `${program} is not here.`;

  test(`the ${name} example lists the tenant's incidents`, { skip }, async () => {
    const { code, stdout, stderr } = await start(program, words);
    assert.equal(code, 0, stderr);
    const count = stdout.match(/Hack tool on endpoint \d/g)?.length;
    assert.equal(count, incidentCount, stdout);
  });

  test(`the ${name} example reads its secret from a file`, { skip }, async () => {
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, `${stage.task.secret}\n`, { mode: 0o600 });
    const { code, stderr } = await start(program, words, { CLIENT_SECRET_FILE: secretFile, CLIENT_SECRET: 'wrong' });
    assert.equal(code, 0, stderr);
  });

  test(`the ${name} example says what was wrong with the secret`, { skip }, async () => {
    const { code, stdout, stderr } = await start(program, words, { CLIENT_SECRET: 'wrong' });
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /AADSTS7000215/);
    assert.doesNotMatch(stdout + stderr, /access_token/);
  });
}
