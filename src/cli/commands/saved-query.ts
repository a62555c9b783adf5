// Hunting queries that are kept on the server.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findNamed, showBlock, showList, when, yesNo } from '../show.ts';
import type { WireCheckedQuery, WireSavedQuery, WireSavedQuerySummary } from '../wire.ts';
import { queryOf, showAnswer } from './hunt.ts';

const path = '/hunting/queries';

const find = (call: Call): Promise<WireSavedQuerySummary> =>
  findNamed<WireSavedQuerySummary>(call, path, call.operand('NAME'), ({ name }) => name, {
    folder: call.option('folder'),
  });

async function get(call: Call): Promise<WireSavedQuery> {
  const { id } = await find(call);
  return await call.api().call<WireSavedQuery>('GET', at`/hunting/queries/${id}`);
}

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  const [shared, own] = [call.flag('shared'), call.flag('private')];
  if (shared && own) throw new CliProblem(exitCodes.usage, 'usage', t('hunt.saved.list.oneKind'));
  await showList<WireSavedQuerySummary>(call, {
    path,
    query: {
      folder: call.option('folder'),
      search: call.option('search'),
      shared: shared ? true : own ? false : undefined,
    },
    columns: [
      { heading: t('hunt.saved.folder'), cell: ({ folder }) => folder },
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('hunt.saved.isShared'), cell: ({ isShared }) => yesNo(call, isShared) },
      { heading: t('table.owner'), cell: ({ owner }) => owner ?? '-' },
      { heading: t('hunt.saved.changed'), cell: ({ changedAt }) => when(call, changedAt) },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

export async function show(call: Call): Promise<ExitCode> {
  const saved = await get(call);
  showBlock(call, saved, [
    ['table.name', saved.name],
    ['hunt.saved.folder', saved.folder],
    ['table.description', saved.description],
    ['table.id', saved.id],
    ['hunt.saved.isShared', yesNo(call, saved.isShared)],
    ['table.owner', saved.owner ?? '-'],
    ['hunt.saved.changed', `${when(call, saved.changedAt)} ${saved.changedBy}`],
  ]);
  if (!call.isJson) for (const line of ['', ...saved.query.split(/\r?\n/)]) call.say(line);
  return exitCodes.ok;
}

/** Saves a new query, or a new text under the name of one of the person's own. */
export async function save(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const query = await queryOf(call);
  const known = await findOwn(call, name);
  const given = {
    query,
    description: call.option('description'),
    ...(call.flag('shared') && { isShared: true }),
  };
  const { query: saved, faults } = known
    ? await call.api().call<WireCheckedQuery>('PATCH', at`/hunting/queries/${known.id}`, {
        body: { ...given, revision: known.revision },
      })
    : await call.api().call<WireCheckedQuery>('POST', path, {
        body: { ...given, name, folder: call.option('folder') },
      });
  if (call.isJson) call.json({ query: saved, faults });
  else call.say(call.t(known ? 'hunt.saved.save.changed' : 'hunt.saved.save.done', { name: saved.name }));
  for (const { message, line, column } of call.isJson ? [] : (faults ?? [])) {
    call.note(call.t('hunt.saved.save.fault', { line, column, message }));
  }
  return exitCodes.ok;
}

async function findOwn(call: Call, name: string): Promise<WireSavedQuerySummary | undefined> {
  const folder = call.option('folder') ?? '';
  for (let skip = 0; ; ) {
    const query = { folder, search: name, limit: 100, skip };
    const page = await call.api().call<{ items: WireSavedQuerySummary[]; total: number }>('GET', path, { query });
    // A shared query comes before a private one of that name: its name is the one that others know.
    const own = page.items.filter((each) => each.isOwn && each.name === name);
    const found = own.find(({ isShared }) => isShared === call.flag('shared')) ?? own[0];
    skip += page.items.length;
    if (found || page.items.length === 0 || skip >= page.total) return found;
  }
}

export async function run(call: Call): Promise<ExitCode> {
  return await showAnswer(call, (await get(call)).query);
}

export async function share(call: Call): Promise<ExitCode> {
  return await setShared(call, true);
}

export async function unshare(call: Call): Promise<ExitCode> {
  return await setShared(call, false);
}

async function setShared(call: Call, isShared: boolean): Promise<ExitCode> {
  const { id, name, revision } = await find(call);
  const request = { method: 'PATCH', path: at`/hunting/queries/${id}`, options: { body: { revision, isShared } } };
  await doAndSay(call, request, call.t(isShared ? 'hunt.saved.share.done' : 'hunt.saved.unshare.done', { name }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  await confirm(call, call.t('hunt.saved.delete.question', { name }));
  const request = { method: 'DELETE', path: at`/hunting/queries/${id}` };
  await doAndSay(call, request, call.t('hunt.saved.delete.done', { name }));
  return exitCodes.ok;
}
