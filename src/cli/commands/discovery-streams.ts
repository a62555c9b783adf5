// Data sources, to which traffic logs are uploaded, and the reports that show their traffic.
import { readFile } from 'node:fs/promises';
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showList, when, yesNo } from '../show.ts';
import type { TextKey } from '../text.ts';
import type { Page, WireDiscoveryStream } from '../wire.ts';

const kinds: Readonly<Record<WireDiscoveryStream['kind'], TextKey>> = {
  global: 'discovery.report.kinds.global',
  'data-source': 'discovery.report.kinds.dataSource',
  custom: 'discovery.report.kinds.custom',
  snapshot: 'discovery.report.kinds.snapshot',
};

export async function listSources(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireDiscoveryStream>(call, {
    path: '/discovery/data-sources',
    columns: [
      { heading: t('discovery.name'), cell: ({ name }) => name },
      { heading: t('discovery.uploads.source'), cell: ({ source }) => source ?? '-' },
      { heading: t('discovery.source.receiverShort'), cell: ({ receiver }) => receiver ?? '-' },
      { heading: t('discovery.source.anonymous'), cell: ({ anonymizeUsers }) => yesNo(call, anonymizeUsers) },
      { heading: t('discovery.files'), cell: ({ files, failedFiles }) => filesText(call, files, failedFiles) },
      { heading: t('discovery.lastReceived'), cell: ({ lastReceivedAt }) => when(call, lastReceivedAt) },
    ],
  });
  return exitCodes.ok;
}

function filesText(call: Call, files: number, failed: number): string {
  return failed === 0 ? String(files) : call.t('discovery.filesFailed', { files, failed });
}

export async function createSource(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const source = call.option('source');
  if (source === undefined) throw new CliProblem(exitCodes.usage, 'usage', call.t('discovery.upload.noSource'));
  const [comment, receiver, file] = [call.option('comment'), call.option('receiver'), call.option('parser')];
  const body = {
    ...{ name, source, anonymizeUsers: call.flag('anonymize-users') },
    ...(comment === undefined ? {} : { comment }),
    ...(receiver === undefined ? {} : { receiver }),
    ...(file === undefined ? {} : { customParser: await parserOf(call, file) }),
  };
  const request = { method: 'POST', path: '/discovery/data-sources', options: { body } };
  await doAndSay(call, request, call.t('discovery.source.create.done', { name }));
  return exitCodes.ok;
}

async function parserOf(call: Call, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliProblem(exitCodes.usage, 'unreadable-file', call.t('discovery.upload.unreadable', { file, reason }));
  }
}

export async function deleteSource(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const { id } = await find(call, '/discovery/data-sources', name);
  await confirm(call, call.t('discovery.source.delete.question', { name }));
  const request = { method: 'DELETE', path: at`/discovery/data-sources/${id}` };
  await doAndSay(call, request, call.t('discovery.source.delete.done', { name }));
  return exitCodes.ok;
}

export async function listReports(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireDiscoveryStream>(call, {
    path: '/discovery/reports',
    columns: [
      { heading: t('discovery.name'), cell: ({ name }) => name },
      { heading: t('discovery.report.kind'), cell: ({ kind }) => t(kinds[kind]) },
      { heading: t('discovery.files'), cell: ({ files, failedFiles }) => filesText(call, files, failedFiles) },
      { heading: t('discovery.lastReceived'), cell: ({ lastReceivedAt }) => when(call, lastReceivedAt) },
      { heading: t('discovery.uploads.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

export async function createReport(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const comment = call.option('comment');
  const body = {
    ...{ name, dataSources: call.list('data-source'), groups: call.list('group') },
    ...{ ipTags: call.list('ip-tag'), ipRanges: call.list('ip-range') },
    ...(comment === undefined ? {} : { comment }),
  };
  const request = { method: 'POST', path: '/discovery/reports', options: { body } };
  await doAndSay(call, request, call.t('discovery.report.create.done', { name }));
  return exitCodes.ok;
}

export async function deleteReport(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const { id } = await find(call, '/discovery/reports', name);
  await confirm(call, call.t('discovery.report.delete.question', { name }));
  const request = { method: 'DELETE', path: at`/discovery/reports/${id}` };
  await doAndSay(call, request, call.t('discovery.report.delete.done', { name }));
  return exitCodes.ok;
}

/** By id, or by name in any letter case. */
async function find(call: Call, path: string, wanted: string): Promise<WireDiscoveryStream> {
  const { items } = await call.api().call<Page<WireDiscoveryStream>>('GET', path);
  const key = wanted.toLowerCase();
  const named = items.filter(({ id, name }) => id === key || name.toLowerCase() === key);
  const [found] = named;
  if (!found) throw new CliProblem(exitCodes.notFound, 'not-found', call.t('discovery.notFound', { name: wanted }));
  if (named.length === 1) return found;
  const ids = named.map(({ id, kind }) => `${call.t(kinds[kind])}: ${id}`);
  throw new CliProblem(exitCodes.usage, 'ambiguous', call.t('discovery.ambiguous', { name: wanted }), ids);
}
