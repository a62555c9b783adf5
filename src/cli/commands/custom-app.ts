// Apps that the organisation describes itself.
import { confirm } from '../ask.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showList, when } from '../show.ts';
import type { Page, WireCustomApp } from '../wire.ts';
import { categoryText, parseScore, scoreText } from './discovery-app.ts';

const path = '/discovery/custom-apps';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireCustomApp>(call, {
    path,
    columns: [
      { heading: t('table.appId'), cell: ({ appId }) => String(appId) },
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('customApp.vendor'), cell: ({ vendor }) => vendor ?? '-' },
      { heading: t('cloudApp.categoryOf'), cell: ({ category }) => categoryText(category) },
      { heading: t('cloudApp.score'), cell: ({ score }) => scoreText(score) },
      { heading: t('table.domains'), cell: ({ domains }) => domains.join(', ') },
      { heading: t('customApp.changed'), cell: ({ changedAt, changedBy }) => `${when(call, changedAt)} ${changedBy}` },
    ],
  });
  return exitCodes.ok;
}

export async function add(call: Call): Promise<ExitCode> {
  const category = call.option('category');
  const domains = call.list('domain');
  if (category === undefined || domains.length === 0) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('customApp.add.missing'));
  }
  const body = { name: call.operand('NAME'), domains, category, vendor: call.option('vendor'), score: scoreOf(call) };
  const app = await call.api().call<WireCustomApp>('POST', path, { body });
  if (call.isJson) call.json(app);
  else call.say(call.t('customApp.add.done', { name: app.name, id: app.appId }));
  return exitCodes.ok;
}

function scoreOf(call: Call): number | null | undefined {
  const text = call.option('score');
  return text === undefined ? undefined : parseScore(call, text);
}

export async function update(call: Call): Promise<ExitCode> {
  const { appId, name, vendor, category, domains, score } = await find(call);
  const given = call.list('domain');
  const asked = scoreOf(call);
  const body = {
    name: call.option('name') ?? name,
    vendor: call.option('vendor') ?? vendor,
    category: call.option('category') ?? category,
    domains: given.length === 0 ? domains : given,
    score: asked === undefined ? score : asked,
  };
  const request = { method: 'PUT', path: `${path}/${appId}`, options: { body } };
  await doAndSay(call, request, call.t('customApp.update.done', { name: body.name }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const { appId, name } = await find(call);
  await confirm(call, call.t('customApp.delete.question', { name }));
  await doAndSay(call, { method: 'DELETE', path: `${path}/${appId}` }, call.t('customApp.delete.done', { name }));
  return exitCodes.ok;
}

/** By name, letter case apart, or id. */
async function find(call: Call): Promise<WireCustomApp> {
  const wanted = call.operand('CUSTOM-APP');
  const { items } = await call.api().call<Page<WireCustomApp>>('GET', path);
  const key = wanted.toLowerCase();
  const found = items.find(({ appId, name }) => String(appId) === key || name.toLowerCase() === key);
  if (found !== undefined) return found;
  throw new CliProblem(exitCodes.notFound, 'not-found', call.t('list.noneNamed', { name: wanted }));
}
