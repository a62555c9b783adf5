// The log collector itself, and how it does, on the machine that it runs on.
import { readFileSync } from 'node:fs';
import { StateFolder, StateFolderTaken } from '../../agent-client/state-folder.ts';
import { NoToken, readToken } from '../../agent-client/token.ts';
import { Collector, type FtpSettings, readTlsFiles } from '../../log-collector/collector.ts';
import { type CollectorStatus, readStatus, type StatusPage, serveStatus } from '../../log-collector/status.ts';
import { version } from '../../version.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { parseServerUrl } from '../server-url.ts';
import { blockLines, tableLines } from '../table.ts';
import { relativeTime } from '../times.ts';
import { statusHtml, statusStyle } from './log-collector-page.ts';

/** Large enough that a full 50 GB an hour stays within the calls that a collector may make. */
const segmentBytesMax = 32 * 1024 * 1024;
const fileBytesMax = 5 * 1024 ** 3;
const pollMs = 60_000;
const defaultSpoolBytes = 10 * 1024 ** 3;
const defaultFlushSeconds = 60;
/** It writes its status every second; one that is so old is of a collector that does not run. */
const staleMs = 60_000;
/** A stop waits no longer for what is being sent: it is sent again by the next start. */
const stopMs = 10_000;

/** `sallyport log-collector`: until it is told to stop. */
export async function run(call: Call): Promise<ExitCode> {
  const port = call.option('status-port');
  const statusPort = port === undefined ? null : portOf(call, 'status-port', port);
  const collector = await started(call);
  const page = statusPort === null ? null : await openPage(call, collector, statusPort);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  call.note(call.t('logCollector.run.stopping'));
  await page?.close();
  const timer = setTimeout(() => process.exit(exitCodes.ok), stopMs);
  await collector.stop();
  clearTimeout(timer);
  return exitCodes.ok;
}

/** A port that is taken ends the collector again: whoever looks at the page would look at another program. */
async function openPage(call: Call, collector: Collector, port: number): Promise<StatusPage> {
  try {
    return await serveStatus(port, {
      status: () => collector.status(),
      render: (status) => statusHtml(call, status),
      style: statusStyle,
    });
  } catch (error) {
    await collector.stop();
    throw new CliProblem(exitCodes.failed, 'cannot-start', error instanceof Error ? error.message : String(error));
  }
}

async function started(call: Call): Promise<Collector> {
  const options = optionsOf(call);
  try {
    const token = await readToken(call.option('token-file') ?? null, process.stdin);
    const log = (message: string) => call.note(`${new Date().toISOString()} ${message}`);
    const collector = new Collector({ ...options, token, version, log });
    await collector.start();
    const { name, inputs } = collector.status();
    call.note(call.t('logCollector.run.started', { name: name ?? '?', count: inputs.length }));
    return collector;
  } catch (error) {
    if (error instanceof NoToken || error instanceof StateFolderTaken) {
      throw new CliProblem(exitCodes.failed, 'cannot-start', error.message);
    }
    throw error;
  }
}

function optionsOf(call: Call) {
  const url = call.option('server');
  const stateFolder = call.option('state');
  if (url === undefined || stateFolder === undefined) throw usage(call, call.t('logCollector.run.needed'));
  const proxy = call.option('proxy');
  if (proxy !== undefined && !(URL.canParse(proxy) && new URL(proxy).protocol === 'http:')) {
    throw usage(call, call.t('logCollector.run.proxyWrong'));
  }
  return {
    server: {
      url: parseServerUrl(url, call.t),
      caFile: call.option('ca') ?? null,
      proxy: proxy === undefined ? null : new URL(proxy),
    },
    stateFolder,
    host: call.option('listen') ?? '0.0.0.0',
    tls: readable(call, () =>
      readTlsFiles(
        call.option('tls-certificate') ?? null,
        call.option('tls-key') ?? null,
        call.option('tls-authorities') ?? null,
      ),
    ),
    ftp: ftpOf(call),
    spoolBytesMax: wholeOf(call, 'spool-bytes', defaultSpoolBytes),
    segmentBytesMax,
    flushMs: wholeOf(call, 'flush-seconds', defaultFlushSeconds) * 1000,
    ...{ fileBytesMax, pollMs },
  };
}

function ftpOf(call: Call): FtpSettings | null {
  const passwordFile = call.option('ftp-password-file');
  if (passwordFile === undefined) return null;
  const password = readable(call, () => readFileSync(passwordFile, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  if (password.length < 8) throw usage(call, call.t('logCollector.run.ftpPasswordShort'));
  const [, first = '', last = ''] = /^(\d+)-(\d+)$/.exec(call.option('ftp-passive') ?? '20000-20099') ?? [];
  if (first === '') throw usage(call, call.t('logCollector.run.ftpPassive'));
  return {
    port: portOf(call, 'ftp-port', call.option('ftp-port') ?? '21'),
    userName: call.option('ftp-user') ?? 'discovery',
    password,
    publicAddress: call.option('ftp-address') ?? null,
    firstPassivePort: portOf(call, 'ftp-passive', first),
    lastPassivePort: portOf(call, 'ftp-passive', last),
  };
}

function portOf(call: Call, option: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw usage(call, call.t('logCollector.run.portWrong', { option: `--${option}` }));
}

function wholeOf(call: Call, option: string, initial: number): number {
  const text = call.option(option);
  if (text === undefined) return initial;
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw usage(call, call.t('logCollector.run.numberWrong', { option: `--${option}` }));
}

function readable<T>(call: Call, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw usage(call, error instanceof Error ? error.message : String(error));
  }
}

function usage(call: Call, message: string): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', message, [
    call.t('usage.more', { command: 'sallyport help log-collector' }),
  ]);
}

/** `sallyport log-collector status`: what the process last wrote of itself. Fails when something is wrong. */
export async function status(call: Call): Promise<ExitCode> {
  const folder = call.option('state');
  if (folder === undefined) throw usage(call, call.t('logCollector.status.needed'));
  const found = readStatus(StateFolder.look(folder));
  if (!found) throw new CliProblem(exitCodes.failed, 'not-found', call.t('logCollector.status.none', { folder }));
  if (call.isJson) call.json(found);
  else sayStatus(call, found);
  const runs = Date.now() - found.updatedAt < staleMs;
  if (!runs) call.note(call.t('logCollector.status.notRunning'));
  const isWell = runs && found.problem === null && found.inputs.every(({ problem }) => problem === null);
  return isWell ? exitCodes.ok : exitCodes.failed;
}

function sayStatus(call: Call, found: CollectorStatus): void {
  const { t } = call;
  const ago = (time: number | null) => (time === null ? '-' : relativeTime(time, Date.now(), call.language));
  const block: readonly (readonly [string, string])[] = [
    [t('table.name'), found.name ?? '-'],
    [t('logCollector.written'), ago(found.updatedAt)],
    [t('logCollector.serverAnswered'), `${found.server} ${ago(found.serverAnsweredAt)}`],
    [t('logCollector.waiting'), `${found.bytesWaiting} / ${found.bytesWaitingMax}`],
    [t('logCollector.problem'), found.problem ?? '-'],
  ];
  for (const line of blockLines(block)) call.say(line);
  if (found.inputs.length === 0) return;
  call.say('');
  const lines = tableLines(
    [
      { heading: t('table.name'), cell: (each) => each.name },
      { heading: t('logCollector.receiver'), cell: (each) => [each.receiverType, each.port].filter(Boolean).join(' ') },
      { heading: t('logCollector.lines'), cell: (each) => String(each.linesReceived) },
      { heading: t('logCollector.bytes'), cell: (each) => String(each.bytesReceived) },
      { heading: t('logCollector.lastData'), cell: (each) => ago(each.lastReceivedAt) },
      { heading: t('logCollector.lastUpload'), cell: (each) => ago(each.lastUploadedAt) },
      { heading: t('logCollector.dropped'), cell: (each) => String(each.bytesDropped) },
      { heading: t('logCollector.problem'), cell: (each) => each.problem ?? '-' },
    ],
    found.inputs,
  );
  for (const line of lines) call.say(line);
}
