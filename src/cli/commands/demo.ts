import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config.ts';
import type { SeededDemo } from '../../demo/seed.ts';
import { tenantUrl } from '../../listening/names.ts';
import { completeDeployment, findDeployment } from '../../running/deployment.ts';
import { demoFileName, type Running, startServer, UnfinishedDemo } from '../../running/start.ts';
import type { Call } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { tableLines } from '../table.ts';
import { sayHosts, settingsOf, started, untilStopped } from './serve.ts';

const defaults = { dataFolder: 'data/demo', logLevel: 'warn' };

/** `sallyport demo` (npm start): two tenants with people and records on embedded stores, ready to try everything. */
export async function run(call: Call): Promise<ExitCode> {
  const mode = { isDemo: true, vendorHosts: call.flag('vendor-hosts') };
  const { config } = settingsOf(() => loadConfig(mode, undefined, defaults), call);
  let seeded: SeededDemo | undefined;
  const start = (): Promise<Running> =>
    startServer(config, 'demo', async (services) => {
      if ((await findDeployment(services.store.db))?.isComplete) return;
      const { seedDemo } = await import('../../demo/seed.ts');
      seeded = await seedDemo(services, (step, tenant) => call.note(call.t(`demo.${step}`, { tenant })));
    });
  const running = await started(async () => {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof UnfinishedDemo)) throw error;
      // A first start was interrupted. Nobody has its passwords, so nothing is lost by beginning again.
      for (const name of error.files) rmSync(join(config.dataFolder, name), { recursive: true, force: true });
      return await start();
    }
  }, call);
  const file = join(config.dataFolder, demoFileName);
  writeDemoFile(file, running, seeded ?? readDemo(file));
  if (seeded) await completeDeployment(running.services.store.db);
  sayWelcome(call, running, file);
  await sayHosts(call, running);
  return untilStopped(call, running);
}

interface DemoFile {
  readonly url: string;
  readonly caFile: string | null;
  readonly tenants: Readonly<Record<string, SeededDemo['tenants'][string] & { readonly url: string }>>;
  readonly apiToken: string;
  readonly app: SeededDemo['app'];
}

function readDemo(file: string): SeededDemo {
  if (!existsSync(file))
    throw new Error(`${file} is missing, and nobody else has the demo's passwords. Remove its folder and start again.`);
  return JSON.parse(readFileSync(file, 'utf8')) as DemoFile; // Written by writeDemoFile only.
}

/** The one place where secrets lie in clear (mode 0600). Written anew at every start: the port may have changed. */
function writeDemoFile(file: string, running: Running, demo: SeededDemo): void {
  const tenants = Object.fromEntries(
    Object.entries(demo.tenants).map(([slug, { id, domain, users }]) => {
      return [slug, { id, domain, url: tenantUrl(running.services.names, slug), users }];
    }),
  );
  const { apiToken, app } = demo;
  const content: DemoFile = { url: running.url, caFile: running.caFile, tenants, apiToken, app };
  const draft = `${file}.tmp`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

function sayWelcome(call: Call, running: Running, file: string): void {
  const { tenants } = JSON.parse(readFileSync(file, 'utf8')) as DemoFile; // Just written.
  call.say('');
  call.say(call.t('demo.ready', { url: running.url }));
  for (const [slug, tenant] of Object.entries(tenants)) call.say(`  ${slug}: ${tenant.url}`);
  if (running.caFile) call.say(call.t('demo.caFile', { file: running.caFile }));
  for (const notice of running.notices) call.note(notice);
  call.say('');
  const rows = Object.entries(tenants).flatMap(([slug, tenant]) =>
    Object.entries(tenant.users).map(([role, account]) => ({ slug, role, ...account })),
  );
  const columns = [
    { heading: call.t('demo.columns.tenant'), cell: (row: (typeof rows)[number]) => row.slug },
    { heading: call.t('demo.columns.role'), cell: (row: (typeof rows)[number]) => row.role },
    { heading: call.t('demo.columns.user'), cell: (row: (typeof rows)[number]) => row.userName },
    { heading: call.t('demo.columns.password'), cell: (row: (typeof rows)[number]) => row.password },
  ];
  for (const line of tableLines(columns, rows)) call.say(`  ${line}`);
  call.say('');
  call.say(call.t('demo.file', { file }));
  call.say(call.t('demo.tryIt'));
  call.say('  npx sallyport login --demo');
  call.say('  npx sallyport token generate "My first token"');
  call.say('');
  call.say(call.t('demo.stopWith'));
}
