// Policies: listed, made, changed, switched.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, isId, showBlock, showList, when, word } from '../show.ts';
import { durationText, parseDuration } from '../times.ts';
import type { WireGroup, WirePolicy, WirePolicyTemplate } from '../wire.ts';

const minuteSeconds = 60;

function state(call: Call, { isEnabled }: WirePolicy): string {
  return word(call, isEnabled ? 'enabled' : 'disabled');
}

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WirePolicy>(call, {
    path: '/policies',
    query: { search: call.option('search'), type: call.option('type') },
    columns: [
      { heading: t('table.name'), cell: (policy) => policy.name },
      { heading: t('policy.type'), cell: (policy) => policy.type },
      { heading: t('policy.severity'), cell: (policy) => policy.severity },
      { heading: t('table.state'), cell: (policy) => state(call, policy) },
      { heading: t('table.id'), cell: (policy) => policy.id },
    ],
  });
  return exitCodes.ok;
}

/** The policy that the operand names, by id or exact name. */
export async function namedPolicy(call: Call): Promise<WirePolicy> {
  const named = call.operand('POLICY');
  if (isId(named)) return await call.api().call<WirePolicy>('GET', at`/policies/${named}`);
  return await findListed<WirePolicy>(call, '/policies', named);
}

export async function show(call: Call): Promise<ExitCode> {
  const policy = await namedPolicy(call);
  const { repetition } = policy;
  showBlock(call, policy, [
    ['table.name', policy.name],
    ['table.id', policy.id],
    ['table.description', policy.description || '-'],
    ['policy.type', policy.type],
    ['table.state', state(call, policy)],
    ['policy.severity', policy.severity],
    ['policy.filters', policy.filters === null ? '-' : JSON.stringify(policy.filters)],
    [
      'policy.repetition',
      repetition === null
        ? '-'
        : `${repetition.count} / ${durationText(repetition.windowMinutes * minuteSeconds)} (${flagsOf(repetition)})`,
    ],
    ['policy.dailyLimit', String(policy.dailyAlertLimit)],
    ['policy.sensitivity', policy.sensitivity ?? '-'],
    ['policy.settings', JSON.stringify(policy.settings)],
    ['policy.changed', `${when(call, policy.changedAt)} ${policy.changedBy}`],
  ]);
  return exitCodes.ok;
}

/** As the options that would make it so. */
function flagsOf({ sameUser, sameApp, uniqueTargets }: NonNullable<WirePolicy['repetition']>): string {
  const flags = [sameUser ? [] : ['--any-user'], sameApp ? ['--same-app'] : [], uniqueTargets ? ['--unique'] : []];
  return flags.flat().join(' ') || '-';
}

/** The members that the options name. */
async function contentOf(call: Call, before: WirePolicy | undefined): Promise<Record<string, unknown>> {
  const include = call.list('include-group');
  const exclude = call.list('exclude-group');
  const body: Record<string, unknown> = {
    description: call.option('description'),
    severity: call.option('severity'),
    riskCategory: numberOption(call, 'risk-category'),
    filters: jsonOption(call, 'filters'),
    dailyAlertLimit: numberOption(call, 'daily-limit'),
    repetition: repetitionOf(call, before),
  };
  if (include.length + exclude.length > 0) {
    body.scope = {
      ...(include.length > 0 ? { includeGroups: await groupIds(call, include) } : {}),
      ...(exclude.length > 0 ? { excludeGroups: await groupIds(call, exclude) } : {}),
    };
  }
  return body;
}

async function groupIds(call: Call, named: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const each of named) ids.push(isId(each) ? each : (await findListed<WireGroup>(call, '/groups', each)).id);
  return ids;
}

function repetitionOf(call: Call, before: WirePolicy | undefined): WirePolicy['repetition'] | undefined {
  const count = numberOption(call, 'repeat') ?? before?.repetition?.count;
  const within = call.option('within');
  const seconds = within === undefined ? undefined : parseDuration(within);
  if (within !== undefined && seconds === undefined) throw badValue(call, 'within', within);
  const flags = ['any-user', 'same-app', 'unique'].some((name) => call.flag(name));
  if (call.option('repeat') === undefined && within === undefined && !flags) return undefined;
  const windowMinutes =
    seconds === undefined ? before?.repetition?.windowMinutes : Math.max(1, Math.round(seconds / minuteSeconds));
  if (count === undefined || windowMinutes === undefined) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('policy.needsBoth'));
  }
  return {
    count,
    windowMinutes,
    sameUser: call.flag('any-user') ? false : (before?.repetition?.sameUser ?? true),
    sameApp: call.flag('same-app') || (before?.repetition?.sameApp ?? false),
    uniqueTargets: call.flag('unique') || (before?.repetition?.uniqueTargets ?? false),
  };
}

function badValue(call: Call, option: string, value: string): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', call.t('policy.badValue', { option: `--${option}`, value }));
}

function numberOption(call: Call, name: string): number | undefined {
  const text = call.option(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badValue(call, name, text);
  return Number(text);
}

function jsonOption(call: Call, name: string): unknown {
  const text = call.option(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badValue(call, name, text);
  }
}

export async function create(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const body = {
    name,
    template: call.option('template'),
    type: call.option('type'),
    ...(await contentOf(call, undefined)),
    settings: jsonOption(call, 'settings'),
  };
  const sentence = call.t('policy.create.done', { policy: name });
  await doAndSay(call, { method: 'POST', path: '/policies', options: { body } }, sentence);
  return exitCodes.ok;
}

export async function edit(call: Call): Promise<ExitCode> {
  const policy = await namedPolicy(call);
  const body = {
    revision: policy.revision,
    name: call.option('name'),
    ...(await contentOf(call, policy)),
    ...(call.flag('single') ? { repetition: null } : {}),
    sensitivity: call.option('sensitivity'),
    settings: jsonOption(call, 'settings'),
  };
  const sentence = call.t('policy.edit.done', { policy: policy.name });
  await doAndSay(call, { method: 'PATCH', path: at`/policies/${policy.id}`, options: { body } }, sentence);
  return exitCodes.ok;
}

async function act(call: Call, verb: 'enable' | 'disable'): Promise<ExitCode> {
  const policy = await namedPolicy(call);
  const sentence = call.t(`policy.${verb}.done`, { policy: policy.name });
  await doAndSay(call, { method: 'POST', path: `${at`/policies/${policy.id}`}/${verb}` }, sentence);
  return exitCodes.ok;
}

export async function enable(call: Call): Promise<ExitCode> {
  return await act(call, 'enable');
}

export async function disable(call: Call): Promise<ExitCode> {
  return await act(call, 'disable');
}

export async function remove(call: Call): Promise<ExitCode> {
  const { id, name } = await namedPolicy(call);
  await confirm(call, call.t('policy.delete.question', { policy: name }));
  await doAndSay(call, { method: 'DELETE', path: at`/policies/${id}` }, call.t('policy.delete.done', { policy: name }));
  return exitCodes.ok;
}

export async function templates(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WirePolicyTemplate>(call, {
    path: '/policy-templates',
    columns: [
      { heading: t('table.id'), cell: ({ id }) => id },
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('policy.severity'), cell: ({ severity }) => severity },
      { heading: t('table.description'), cell: ({ description }) => description },
    ],
  });
  return exitCodes.ok;
}
