// Log collectors as the server knows them: which data sources each receives, and how it does.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, showBlock, showList, showOnce, when } from '../show.ts';
import type { Page, WireLogCollector, WireMintedCollector } from '../wire.ts';

const path = '/log-collectors';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireLogCollector>(call, {
    path,
    columns: [
      { heading: t('table.name'), cell: (each) => each.name },
      { heading: t('table.status'), cell: (each) => t(`logCollector.states.${each.status}`) },
      { heading: t('logCollector.lastData'), cell: (each) => when(call, each.lastDataAt) },
      { heading: t('logCollector.dataSources'), cell: (each) => each.dataSources.map(({ name }) => name).join(', ') },
      { heading: t('table.id'), cell: (each) => each.id },
    ],
  });
  return exitCodes.ok;
}

export async function show(call: Call): Promise<ExitCode> {
  const found = await findListed<WireLogCollector>(call, path, call.operand('COLLECTOR'));
  showCollector(call, await call.api().call<WireLogCollector>('GET', at`/log-collectors/${found.id}`));
  return exitCodes.ok;
}

function showCollector(call: Call, collector: WireLogCollector): void {
  const { t } = call;
  showBlock(call, collector, [
    ['table.name', collector.name],
    ['table.status', t(`logCollector.states.${collector.status}`)],
    ['table.id', collector.id],
    ['logCollector.system', [collector.systemName, collector.version].filter(Boolean).join(', ') || '-'],
    ['logCollector.lastData', when(call, collector.lastDataAt)],
    ['logCollector.waiting', String(collector.bytesWaiting)],
    ['logCollector.problem', collector.problem ?? '-'],
  ]);
  if (call.isJson) return;
  for (const { name, receiver, port, report } of collector.dataSources) {
    const place = port === null ? receiver : `${receiver} ${port}`;
    const counts = report
      ? t('logCollector.counts', {
          lines: report.linesReceived,
          bytes: report.bytesReceived,
          dropped: report.bytesDropped,
        })
      : '';
    call.say(`  ${name}  ${place}  ${[counts, report?.problem].filter(Boolean).join('  ')}`.trimEnd());
  }
}

export async function create(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const body = { name, dataSources: await dataSources(call) };
  const minted = await call.api().call<WireMintedCollector>('POST', path, { body });
  sayMinted(call, minted, call.t('agent.create.done', { name }));
  return exitCodes.ok;
}

export async function update(call: Call): Promise<ExitCode> {
  const found = await findListed<WireLogCollector>(call, path, call.operand('COLLECTOR'));
  const name = call.option('name');
  const given = call.list('data-source').length > 0;
  if (name === undefined && !given) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('logCollector.update.nothing'), [
      call.t('usage.more', { command: 'sallyport help log-collector update' }),
    ]);
  }
  const body = {
    ...(name === undefined ? {} : { name }),
    ...(given ? { dataSources: await dataSources(call) } : {}),
  };
  showCollector(call, await call.api().call<WireLogCollector>('PATCH', at`/log-collectors/${found.id}`, { body }));
  return exitCodes.ok;
}

/** `NAME:PORT`, or `NAME` for one that takes files; names become ids. */
async function dataSources(call: Call): Promise<{ dataSourceId: string; port: number | null }[]> {
  const wanted = call.list('data-source').map((each) => /^(.+?)(?::(\d{1,5}))?$/.exec(each) ?? []);
  if (wanted.length === 0) return [];
  const { items } = await call
    .api()
    .call<Page<{ readonly id: string; readonly name: string }>>('GET', '/discovery/data-sources');
  return wanted.map(([, name = '', port]) => {
    const found = items.find((each) => each.id === name || each.name.toLowerCase() === name.toLowerCase());
    if (!found) {
      throw new CliProblem(exitCodes.failed, 'not-found', call.t('logCollector.noDataSource', { name }), [
        call.t('logCollector.noDataSourceHint'),
      ]);
    }
    return { dataSourceId: found.id, port: port === undefined ? null : Number(port) };
  });
}

export async function regenerate(call: Call): Promise<ExitCode> {
  const found = await findListed<WireLogCollector>(call, path, call.operand('COLLECTOR'));
  await confirm(call, call.t('agent.regenerate.question', { name: found.name }));
  const minted = await call.api().call<WireMintedCollector>('POST', at`/log-collectors/${found.id}/regenerate`);
  sayMinted(call, minted, call.t('agent.regenerate.done', { name: found.name }));
  return exitCodes.ok;
}

function sayMinted(call: Call, minted: WireMintedCollector, sentence: string): void {
  showOnce(call, { json: minted, value: minted.value, sentence, once: call.t('token.once') });
}

export async function remove(call: Call): Promise<ExitCode> {
  const found = await findListed<WireLogCollector>(call, path, call.operand('COLLECTOR'));
  await confirm(call, call.t('agent.delete.question', { name: found.name }));
  const request = { method: 'DELETE', path: at`/log-collectors/${found.id}` };
  await doAndSay(call, request, call.t('agent.delete.done', { name: found.name }));
  return exitCodes.ok;
}
