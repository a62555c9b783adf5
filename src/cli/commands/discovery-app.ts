// Cloud apps of the catalogue and of the organisation: what is known about them, and what it says of them.
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { showBlock, showList, when } from '../show.ts';
import { tableLines } from '../table.ts';
import { printable } from '../width.ts';
import type { WireCloudApp, WireCloudAppDetails, WireTagOutcomes } from '../wire.ts';

/** `8.5`; a dash where nothing is known. */
export const scoreText = (score: number | null): string => (score === null ? '-' : String(score));

/** Without what all of them begin with. */
export const categoryText = (category: string): string => category.replace(/^SAASDB_(SUB)?CATEGORY_/, '');

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireCloudApp>(call, {
    path: '/discovery/apps',
    query: {
      search: call.option('search'),
      category: call.option('category'),
      tag: call.option('tag'),
      scoreMin: call.option('score-min'),
      scoreMax: call.option('score-max'),
      sort: call.option('sort'),
    },
    columns: [
      { heading: t('table.appId'), cell: ({ appId }) => String(appId) },
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('cloudApp.score'), cell: ({ score }) => scoreText(score) },
      { heading: t('cloudApp.categoryOf'), cell: ({ category }) => categoryText(category) },
      { heading: t('cloudApp.tagsOf'), cell: ({ tags }) => tags.join(', ') },
      { heading: t('table.domains'), cell: ({ domains }) => domainsText(domains) },
    ],
  });
  return exitCodes.ok;
}

const domainsShown = 3;

function domainsText(domains: readonly string[]): string {
  const more = domains.length > domainsShown ? `, … (${domains.length})` : '';
  return domains.slice(0, domainsShown).join(', ') + more;
}

/** What it is, how its score comes about, and who says what of it. */
export async function show(call: Call): Promise<ExitCode> {
  const app = await call.api().call<WireCloudAppDetails>('GET', at`/discovery/apps/${call.operand('APP')}`);
  sayApp(call, app);
  if (call.isJson) return exitCodes.ok;
  const { t } = call;
  const columns = [
    { heading: t('cloudApp.factor'), cell: ({ name }: Factor) => name },
    { heading: t('cloudApp.categoryOf'), cell: ({ category }: Factor) => category },
    { heading: t('cloudApp.points'), cell: ({ points }: Factor) => scoreText(points) },
    { heading: t('cloudApp.importance'), cell: ({ weight }: Factor) => importanceNames[weight] ?? String(weight) },
    { heading: t('cloudApp.contribution'), cell: ({ contribution }: Factor) => contribution.toFixed(2) },
    {
      heading: t('cloudApp.source'),
      cell: ({ source, asOf }: Factor) => (source === null ? '-' : `${source} ${asOf}`),
    },
  ];
  call.say('');
  for (const line of tableLines(columns, app.computed.factors)) call.say(line);
  for (const { name, setBy, setAt, reason } of app.tagged) {
    call.say('');
    call.say(t('cloudApp.taggedBy', { tag: name, by: setBy, time: when(call, setAt) }));
    if (reason !== '') call.say(`  ${printable(reason)}`);
  }
  return exitCodes.ok;
}

type Factor = WireCloudAppDetails['computed']['factors'][number];

/** As the command line takes them, too. */
export const importanceNames: readonly string[] = ['ignored', 'low', 'medium', 'high', 'very-high'];

function sayApp(call: Call, app: WireCloudAppDetails): void {
  const { override, note, neverBlockable } = app;
  showBlock(call, app, [
    ['table.name', app.name],
    ['table.appId', String(app.appId)],
    ['customApp.vendor', app.vendor ?? '-'],
    ['cloudApp.categoryOf', categoryText(app.category)],
    ['cloudApp.score', scoreText(app.score)],
    ['cloudApp.computed', scoreText(app.computed.total)],
    ...(override === null ? [] : ([['cloudApp.overridden', `${override.by ?? '-'} ${override.note}`]] as const)),
    ['cloudApp.tagsOf', app.tags.join(', ') || '-'],
    ['table.domains', app.domains.join(', ') || '-'],
    ...(note === null ? [] : ([['cloudApp.noteOf', note.value]] as const)),
    ...(neverBlockable === null ? [] : ([['cloudApp.neverBlockable', neverBlockable]] as const)),
  ]);
}

export async function tag(call: Call): Promise<ExitCode> {
  return await changeTags(call, 'add');
}

export async function untag(call: Call): Promise<ExitCode> {
  return await changeTags(call, 'remove');
}

async function changeTags(call: Call, action: 'add' | 'remove'): Promise<ExitCode> {
  const { t } = call;
  const body = { action, tag: call.operand('TAG'), apps: call.repeated(), reason: call.option('reason') };
  const outcomes = await call.api().call<WireTagOutcomes>('POST', '/discovery/apps/tags', { body });
  if (call.isJson) call.json(outcomes);
  else {
    for (const { app, name, outcome, problem } of outcomes.items) {
      if (outcome === 'changed')
        call.say(t(`cloudApp.${action === 'add' ? 'tag' : 'untag'}.done`, { app: name ?? app, tag: body.tag }));
      else if (outcome === 'unchanged') call.say(t('cloudApp.tag.unchanged', { app: name ?? app }));
      else call.note(problem ?? t('cloudApp.tag.notFound', { app }));
    }
  }
  return outcomes.failed > 0 ? exitCodes.failed : exitCodes.ok;
}

export async function override(call: Call): Promise<ExitCode> {
  const text = call.operand('SCORE');
  const score = parseScore(call, text);
  const body = { score, note: call.option('note') };
  const path = `${at`/discovery/apps/${call.operand('APP')}`}/score`;
  const app = await call.api().call<WireCloudAppDetails>('PUT', path, { body });
  if (call.isJson) call.json(app);
  else call.say(call.t('cloudApp.override.done', { app: app.name, score: scoreText(app.score) }));
  return exitCodes.ok;
}

/** Null for "none". */
export function parseScore(call: Call, text: string): number | null {
  if (text === 'none') return null;
  const score = Number(text);
  if (text.trim() !== '' && score >= 0 && score <= 10) return score;
  throw new CliProblem(exitCodes.usage, 'usage', call.t('cloudApp.override.wrong', { value: text }));
}

export async function note(call: Call): Promise<ExitCode> {
  const path = `${at`/discovery/apps/${call.operand('APP')}`}/note`;
  const app = await call.api().call<WireCloudAppDetails>('PUT', path, { body: { note: call.operand('TEXT') } });
  if (call.isJson) call.json(app);
  else call.say(call.t('cloudApp.note.done', { app: app.name }));
  return exitCodes.ok;
}
