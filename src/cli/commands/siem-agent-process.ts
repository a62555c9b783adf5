// The SIEM agent as a process, and what it left of its state. It needs no profile: it has a token of its own.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createSecureContext } from 'node:tls';
import { StateFolder, StateFolderTaken } from '../../agent-client/state-folder.ts';
import { NoToken, readToken } from '../../agent-client/token.ts';
import { openLog } from '../../siem-agent/log.ts';
import { BrokenCheckpoint, runSiemAgent, TokenRefused } from '../../siem-agent/siem-agent.ts';
import { readStatus } from '../../siem-agent/status.ts';
import type { TlsFiles } from '../../siem-agent/stream-sender.ts';
import { version } from '../../version.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { parseServerUrl } from '../server-url.ts';
import { showBlock, when, yesNo } from '../show.ts';

const reportSeconds = 60;
const defaultPollSeconds = 10;
/** What common receivers take of one datagram. */
const defaultDatagramBytes = 8192;

/** `sallyport siem-agent`: until it is told to stop, or its token is refused. */
export async function run(call: Call): Promise<ExitCode> {
  const options = optionsOf(call);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  try {
    const token = await readToken(call.option('token-file') ?? null, process.stdin);
    // A starter may keep standard input open: that must not keep the process.
    process.stdin.unref?.();
    const log = openLog((line) => call.terminal.err(line), call.option('logs-directory') ?? null);
    log('info', `SIEM agent ${version} for ${options.server}.`);
    await runSiemAgent({ ...options, token, log }, stop.signal);
    log('info', 'Stopped.');
    return exitCodes.ok;
  } catch (error) {
    throw asProblem(call, error);
  }
}

function asProblem(call: Call, error: unknown): unknown {
  if (error instanceof TokenRefused) {
    return new CliProblem(exitCodes.notSignedIn, 'token-refused', call.t('siemAgent.tokenRefused'), [
      call.t('siemAgent.tokenRefusedHint'),
    ]);
  }
  if (error instanceof NoToken) return new CliProblem(exitCodes.usage, 'no-token', error.message);
  if (error instanceof StateFolderTaken) return new CliProblem(exitCodes.conflict, 'state-taken', error.message);
  if (error instanceof BrokenCheckpoint) return new CliProblem(exitCodes.damaged, 'state-damaged', error.message);
  return error;
}

function optionsOf(call: Call) {
  const [certificate, key] = [call.option('siem-cert'), call.option('siem-key')];
  if ((certificate === undefined) !== (key === undefined)) throw usage(call, call.t('siemAgent.certAndKey'));
  return {
    server: parseServerUrl(required(call, 'server'), call.t),
    stateFolder: required(call, 'state'),
    caFile: call.option('ca') ?? null,
    proxy: call.option('proxy') === undefined ? null : proxyOption(call),
    pollSeconds: numberOption(call, 'poll-seconds', 1, 3600) ?? defaultPollSeconds,
    reportSeconds,
    version,
    systemName: hostname().replace(/[^\x21-\x7e]/g, '-') || 'localhost',
    framing: call.flag('octet-counting') ? ('octet-counting' as const) : ('lines' as const),
    tls: tlsFiles(call),
    datagramBytesMax: numberOption(call, 'datagram-bytes', 480, 65_507) ?? defaultDatagramBytes,
  };
}

/** What is no certificate or no key of it is refused here, not when the first message is to go. */
function tlsFiles(call: Call): TlsFiles {
  const [ca, certificate, key] = ['siem-ca', 'siem-cert', 'siem-key'].map((name) => textOf(call.option(name)));
  checked(call, 'siem-ca', () => ca && new X509Certificate(ca));
  checked(call, 'siem-cert', () => certificate && new X509Certificate(certificate));
  checked(call, 'siem-key', () => certificate && key && createSecureContext({ cert: certificate, key }));
  return { ca: ca ?? null, certificate: certificate ?? null, key: key ?? null };
}

function checked(call: Call, name: string, use: () => unknown): void {
  try {
    use();
  } catch {
    throw usage(call, call.t('policy.badValue', { option: `--${name}`, value: call.option(name) ?? '' }));
  }
}

function textOf(file: string | undefined): string | null {
  return file === undefined ? null : readFileSync(file, 'utf8');
}

function usage(call: Call, sentence: string): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', sentence, [
    call.t('usage.more', { command: 'sallyport help siem-agent' }),
  ]);
}

function required(call: Call, name: string): string {
  const value = call.option(name);
  if (value === undefined || value === '') throw usage(call, call.t('siemAgent.missing', { option: `--${name}` }));
  return value;
}

/** As the documented agent takes it, ADDRESS[:PORT], or as a URL. */
function proxyOption(call: Call): URL {
  const text = required(call, 'proxy');
  const url = URL.canParse(text) && text.includes('://') ? text : `http://${text}`;
  if (URL.canParse(url) && new URL(url).protocol === 'http:' && new URL(url).pathname === '/') return new URL(url);
  throw usage(call, call.t('siemAgent.badProxy', { value: text.replace(/\/\/[^@]*@/, '//…@') }));
}

function numberOption(call: Call, name: string, least: number, most: number): number | undefined {
  const text = call.option(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw usage(call, call.t('policy.badValue', { option: `--${name}`, value: text }));
}

/** `sallyport siem-agent status`: what the agent of this folder last wrote. */
export async function status(call: Call): Promise<ExitCode> {
  const folder = required(call, 'state');
  const last = readStatus(StateFolder.look(folder));
  if (!last) {
    throw new CliProblem(exitCodes.notFound, 'no-state', call.t('siemAgent.status.none', { folder }));
  }
  const time = (ms: number | null) => (ms === null ? '-' : when(call, new Date(ms).toISOString()));
  const problems = last.problems.map(({ title, detail, since }) => `${title}: ${detail} (${time(since)})`);
  showBlock(call, last, [
    ['table.name', last.name ?? '-'],
    ['siemAgent.status.asOf', time(last.at)],
    ['siemAgent.status.running', yesNo(call, !last.isStopped && isAlive(last.pid))],
    ['table.state', last.isEnabled === null ? '-' : call.t(last.isEnabled ? 'words.enabled' : 'words.disabled')],
    ['siemAgent.status.server', last.serverTrouble === null ? last.server : `${last.server}: ${last.serverTrouble}`],
    ['siemAgent.alertsSent', String(last.sent.alerts)],
    ['siemAgent.activitiesSent', String(last.sent.activities)],
    ['siemAgent.lastSent', time(last.lastSentAt)],
    ['siemAgent.problems', problems.join('; ') || '-'],
  ]);
  return last.problems.length > 0 || last.serverTrouble !== null ? exitCodes.failed : exitCodes.ok;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // Node says so of a process that is another's.
  }
}
