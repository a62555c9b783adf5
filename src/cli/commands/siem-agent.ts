// SIEM agents as administrators see them: what each sends, where to, and how it does.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, showBlock, showList, showOnce, when, word, yesNo } from '../show.ts';
import type { WireMintedSiemAgent, WireSiemAgent } from '../wire.ts';

const find = (call: Call): Promise<WireSiemAgent> =>
  findListed<WireSiemAgent>(call, '/siem-agents', call.operand('AGENT'));

const stateOf = (call: Call, { isEnabled, status }: WireSiemAgent): string =>
  isEnabled ? word(call, status) : `${word(call, status)} (${word(call, 'disabled')})`;

const targetOf = ({ settings }: WireSiemAgent): string =>
  settings ? `${settings.remoteHost}:${settings.remotePort} ${settings.protocol}` : '-';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireSiemAgent>(call, {
    path: '/siem-agents',
    columns: [
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('table.state'), cell: (agent) => stateOf(call, agent) },
      { heading: t('siemAgent.target'), cell: targetOf },
      { heading: t('siemAgent.reported'), cell: ({ reportedAt }) => when(call, reportedAt) },
      {
        heading: t('siemAgent.problems'),
        cell: ({ problems }) => problems.map(({ title }) => title).join(', ') || '-',
      },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

export async function show(call: Call): Promise<ExitCode> {
  const agent = await find(call);
  const { settings } = agent;
  const data = (type: 'alerts' | 'activities') => {
    const given = settings?.[type];
    if (!given?.isSent) return call.t('siemAgent.nothing');
    return given.filters ? JSON.stringify(given.filters) : call.t('siemAgent.everything');
  };
  showBlock(call, agent, [
    ['table.name', agent.name],
    ['table.id', agent.id],
    ['table.state', stateOf(call, agent)],
    ['table.owner', agent.createdBy],
    ['siemAgent.target', targetOf(agent)],
    ['siemAgent.format', settings?.format ?? '-'],
    ['siemAgent.timeFormat', settings?.timeFormat ?? '-'],
    ['siemAgent.includePri', settings ? yesNo(call, settings.includesPri) : '-'],
    ['siemAgent.includeSystemName', settings ? yesNo(call, settings.includesSystemName) : '-'],
    ['siemAgent.alerts', data('alerts')],
    ['siemAgent.activities', data('activities')],
    ['siemAgent.alertsSent', String(agent.alertsSent)],
    ['siemAgent.activitiesSent', String(agent.activitiesSent)],
    ['siemAgent.lastSent', when(call, agent.lastSentAt)],
    ['siemAgent.reported', when(call, agent.reportedAt)],
    ['siemAgent.problems', agent.problems.map(({ title, detail }) => `${title}: ${detail}`).join('; ') || '-'],
    ['table.generated', when(call, agent.tokenGeneratedAt)],
    ['table.lastUsed', when(call, agent.lastUsedAt)],
  ]);
  return exitCodes.ok;
}

export async function create(call: Call): Promise<ExitCode> {
  const body = {
    name: call.operand('NAME'),
    remoteHost: call.operand('HOST'),
    remotePort: portOf(call, call.operand('PORT')),
    ...sendingOf(call),
  };
  const minted = await call.api().call<WireMintedSiemAgent>('POST', '/siem-agents', { body });
  sayMinted(call, minted, call.t('agent.create.done', { name: minted.agent.name }));
  return exitCodes.ok;
}

export async function edit(call: Call): Promise<ExitCode> {
  const port = call.option('port');
  const body = {
    name: call.option('name'),
    remoteHost: call.option('host'),
    remotePort: port === undefined ? undefined : portOf(call, port),
    ...sendingOf(call),
  };
  if (Object.values(body).every((value) => value === undefined)) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('app.update.nothing'), [
      call.t('usage.more', { command: 'sallyport help siem-agent edit' }),
    ]);
  }
  const { id, name } = await find(call);
  const request = { method: 'PATCH', path: at`/siem-agents/${id}`, options: { body } };
  await doAndSay(call, request, call.t('siemAgent.edit.done', { name: body.name ?? name }));
  return exitCodes.ok;
}

/** The members that the options name. */
function sendingOf(call: Call) {
  const flag = (name: string) => {
    const value = call.option(name);
    return value === undefined ? undefined : value === 'yes';
  };
  return {
    protocol: call.option('protocol'),
    format: call.option('format'),
    timeFormat: call.option('time-format'),
    includesPri: flag('include-pri'),
    includesSystemName: flag('include-system-name'),
    alerts: dataOf(call, 'alerts'),
    activities: dataOf(call, 'activities'),
  };
}

/** `all`, `none`, or filters as JSON. */
function dataOf(call: Call, name: string): { isSent: boolean; filters?: unknown } | undefined {
  const text = call.option(name);
  if (text === undefined) return undefined;
  if (text === 'none') return { isSent: false };
  if (text === 'all') return { isSent: true, filters: null };
  try {
    return { isSent: true, filters: JSON.parse(text) };
  } catch {
    throw badValue(call, `--${name}`, text);
  }
}

function portOf(call: Call, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw badValue(call, 'PORT', text);
}

function badValue(call: Call, option: string, value: string): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', call.t('policy.badValue', { option, value }));
}

export async function enable(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  const request = { method: 'POST', path: at`/siem-agents/${id}/enable` };
  await doAndSay(call, request, call.t('siemAgent.enable.done', { name }));
  return exitCodes.ok;
}

export async function disable(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  const request = { method: 'POST', path: at`/siem-agents/${id}/disable` };
  await doAndSay(call, request, call.t('siemAgent.disable.done', { name }));
  return exitCodes.ok;
}

export async function regenerate(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  await confirm(call, call.t('agent.regenerate.question', { name }));
  const minted = await call.api().call<WireMintedSiemAgent>('POST', at`/siem-agents/${id}/regenerate`);
  sayMinted(call, minted, call.t('agent.regenerate.done', { name }));
  return exitCodes.ok;
}

function sayMinted(call: Call, minted: WireMintedSiemAgent, sentence: string): void {
  showOnce(call, { json: minted, value: minted.value, sentence, once: call.t('token.once') });
}

export async function remove(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  await confirm(call, call.t('agent.delete.question', { name }));
  await doAndSay(call, { method: 'DELETE', path: at`/siem-agents/${id}` }, call.t('agent.delete.done', { name }));
  return exitCodes.ok;
}
