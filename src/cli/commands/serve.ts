import { ConfigProblem, loadConfig } from '../../config.ts';
import { ensureSetupLink } from '../../directory/setup.ts';
import { listTenantSlugs } from '../../directory/tenants.ts';
import { isoTime } from '../../lib/clock.ts';
import { hostsFileLines } from '../../listening/names.ts';
import { type Running, startServer } from '../../running/start.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** `sallyport serve`: the real server, until it is told to stop. */
export async function run(call: Call): Promise<ExitCode> {
  const { config } = settingsOf(() => loadConfig({ isDemo: false, vendorHosts: call.flag('vendor-hosts') }), call);
  const running = await started(() => startServer(config, 'server'), call);
  call.say(call.t('serve.listening', { url: running.url }));
  if (running.caFile) call.say(call.t('serve.caFile', { file: running.caFile }));
  for (const notice of running.notices) call.note(notice);
  await sayHosts(call, running);
  const link = await ensureSetupLink(running.services);
  if (link) {
    call.say('');
    call.say(call.t('serve.setupLink', { until: isoTime(link.expiresAt) }));
    call.say(`  ${link.url}`);
  }
  return untilStopped(call, running);
}

/** Reads the settings; what is wrong with them becomes a message and its own exit code. */
export function settingsOf<T>(load: () => T, call: Call): T {
  try {
    return load();
  } catch (error) {
    throw asCliProblem(error, call);
  }
}

export async function started(start: () => Promise<Running>, call: Call): Promise<Running> {
  try {
    return await start();
  } catch (error) {
    throw asCliProblem(error, call);
  }
}

function asCliProblem(error: unknown, call: Call): unknown {
  if (error instanceof ConfigProblem) {
    return new CliProblem(exitCodes.usage, 'configuration', call.t('serve.cannotStart'), error.message.split('\n'));
  }
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new CliProblem(exitCodes.failed, 'address-in-use', call.t('serve.cannotListen', { reason: String(code) }), [
      call.t('serve.cannotListenHint'),
    ]);
  }
  return error;
}

/** With --vendor-hosts, the lines that let a script with hard-coded host names reach this server. */
export async function sayHosts(call: Call, running: Running): Promise<void> {
  if (!running.services.config.vendorHosts) return;
  const slugs = await listTenantSlugs(running.services.store.db);
  call.say('');
  call.say(call.t('serve.hostsLines'));
  for (const line of hostsFileLines(running.services.names, slugs, running.services.config.listenAddress))
    call.say(`  ${line}`);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Waits for a signal, then drains and flushes. A second signal ends at once. */
export async function untilStopped(call: Call, running: Running): Promise<ExitCode> {
  await new Promise<void>((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
  for (const signal of signals) process.once(signal, () => process.exit(exitCodes.failed));
  call.note(call.t('serve.stopping'));
  await running.stop();
  call.note(call.t('serve.stopped'));
  return exitCodes.ok;
}
