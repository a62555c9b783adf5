// Answers of the API for people: times, lists of any length, one thing as a block.
import type { CallOptions, Query } from './client.ts';
import { type Call, CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { blockLines, type Column, tableLines } from './table.ts';
import type { TextKey } from './text.ts';
import { relativeTime, utcTime } from './times.ts';
import type { Page } from './wire.ts';

const pageRows = 100;
/** A name is looked for in at most this many pages. */
const searchPagesMax = 50;

/** `2026-11-21 08:17:05 UTC (3 hours ago)`; a dash where there is no time. */
export function when(call: Call, iso: string | null | undefined): string {
  if (!iso) return '-';
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${utcTime(iso)} (${relativeTime(time, Date.now(), call.language)})`;
}

export function yesNo(call: Call, value: boolean): string {
  return call.t(value ? 'words.yes' : 'words.no');
}

/** A word of the wire (`active`, `siem-agent`) in the person's language; the word itself when we have none for it. */
export function word(call: Call, value: string): string {
  const key = wordKeys[value];
  return key ? call.t(key) : value;
}

const wordKeys: Readonly<Record<string, TextKey>> = {
  active: 'words.active',
  application: 'words.application',
  canceled: 'words.canceled',
  connected: 'words.connected',
  'connection-error': 'words.connectionError',
  created: 'words.created',
  disabled: 'words.disabled',
  declined: 'words.declined',
  delegated: 'words.delegated',
  deleted: 'words.deleted',
  denied: 'words.denied',
  disconnected: 'words.disconnected',
  done: 'words.done',
  dormant: 'words.dormant',
  eligible: 'words.eligible',
  enabled: 'words.enabled',
  ended: 'words.ended',
  expired: 'words.expired',
  failed: 'words.failed',
  generated: 'words.generated',
  granted: 'words.granted',
  inactive: 'words.inactive',
  invalid: 'words.invalid',
  lapsed: 'words.lapsed',
  'log-collector': 'words.logCollector',
  'not-told': 'words.notTold',
  'not-verifiable': 'words.notVerifiable',
  'not-yet-valid': 'words.notYetValid',
  open: 'words.open',
  opens: 'words.opens',
  'owner-not-permitted': 'words.ownerNotPermitted',
  passed: 'words.passed',
  pending: 'words.pending',
  permanent: 'words.permanent',
  refused: 'words.refused',
  retired: 'words.retired',
  scheduled: 'words.scheduled',
  'siem-agent': 'words.siemAgent',
  signing: 'words.signing',
  untold: 'words.untold',
  usable: 'words.usable',
  valid: 'words.valid',
  waiting: 'words.waiting',
};

export interface Listing<Item> {
  readonly path: string;
  readonly query?: Query;
  readonly columns: readonly Column<Item>[];
  /** How to ask for the page after this one; by default the next `skip`. */
  nextQuery?(page: Page<Item>, query: Query): Query | undefined;
}

/**
 * Shows a list: its first page, or with --all every page. Pages are shown as they come, so a list of any length needs
 * no more memory than a page.
 */
export async function showList<Item>(call: Call, listing: Listing<Item>): Promise<void> {
  const wantsAll = call.flag('all');
  let query: Query = { ...listing.query, limit: call.option('limit') ?? (wantsAll ? pageRows : undefined) };
  let shown = 0;
  for (;;) {
    const page = await call.api().call<Page<Item>>('GET', listing.path, { query });
    const following = page.items.length > 0 ? (listing.nextQuery ?? skipOn)(page, query) : undefined;
    if (call.isJson && !wantsAll) return call.json(page);
    if (call.isJson) showJsonPage(call, page, shown);
    else showTablePage(call, listing.columns, page, shown);
    shown += page.items.length;
    if (wantsAll && following) {
      query = following;
      continue;
    }
    if (call.isJson) call.terminal.out(`],"total":${shown}}\n`);
    else if (following) call.note(moreText(call, page, shown));
    return;
  }
}

function skipOn<Item>(page: Page<Item>, query: Query): Query | undefined {
  const skip = Number(query.skip ?? 0) + page.items.length;
  return skip < (page.total ?? 0) || page.moreThanTotal ? { ...query, skip } : undefined;
}

function moreText(call: Call, { total, moreThanTotal }: Page<unknown>, shown: number): string {
  if (total === undefined) return call.t('list.more', { shown });
  return call.t('list.moreOf', { shown, total: moreThanTotal ? `${total}+` : total });
}

function showJsonPage<Item>(call: Call, page: Page<Item>, shown: number): void {
  if (shown === 0) call.terminal.out('{"items":[');
  for (const [index, item] of page.items.entries()) {
    call.terminal.out(`${shown + index === 0 ? '' : ','}\n${JSON.stringify(item)}`);
  }
}

function showTablePage<Item>(call: Call, columns: readonly Column<Item>[], page: Page<Item>, shown: number): void {
  if (shown === 0 && page.items.length === 0) {
    call.say(call.t('list.empty'));
    return;
  }
  const lines = tableLines(columns, page.items);
  for (const line of shown === 0 ? lines : lines.slice(1)) call.say(line);
}

/** One thing: as JSON, or as a block of names and values. */
export function showBlock(call: Call, json: unknown, entries: readonly (readonly [TextKey, string])[]): void {
  if (call.isJson) {
    call.json(json);
    return;
  }
  const named = entries.map(([key, value]) => [call.t(key), value] as const);
  for (const line of blockLines(named)) call.say(line);
}

/** Calls the API and tells the outcome in one sentence, or prints its answer with --json. */
export async function doAndSay(
  call: Call,
  request: { readonly method: string; readonly path: string; readonly options?: CallOptions },
  sentence: string,
): Promise<void> {
  const answer = await call.api().call<unknown>(request.method, request.path, request.options);
  if (call.isJson) call.json(answer);
  else call.say(sentence);
}

/** True for what can only be an id: a GUID, or the 24 hex digits of a group. */
export function isId(text: string): boolean {
  return /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})$/i.test(text);
}

/**
 * The thing of a list that has this id or exactly this name. Throws CliProblem: notFound when there is none, conflict
 * when several have the name (tokens of different owners).
 */
export async function findListed<Item extends { readonly id: string; readonly name: string }>(
  call: Call,
  path: string,
  idOrName: string,
): Promise<Item> {
  return await findNamed<Item>(call, path, idOrName, ({ name }) => name);
}

/** The same for things whose name is called otherwise; `narrowed` goes into every query. */
export async function findNamed<Item extends { readonly id: string }>(
  call: Call,
  path: string,
  idOrName: string,
  nameOf: (item: Item) => string,
  narrowed: Query = {},
): Promise<Item> {
  const found: Item[] = [];
  let query: Query | undefined = { ...narrowed, search: isId(idOrName) ? undefined : idOrName, limit: pageRows };
  for (let pages = 0; query && pages < searchPagesMax; pages++) {
    const page: Page<Item> = await call.api().call<Page<Item>>('GET', path, { query });
    found.push(...page.items.filter((item) => nameOf(item) === idOrName || item.id === idOrName.toLowerCase()));
    query = page.items.length > 0 ? skipOn(page, query) : undefined;
  }
  const [first, second] = found;
  if (!first) throw new CliProblem(exitCodes.notFound, 'not-found', call.t('list.noneNamed', { name: idOrName }));
  if (second) {
    const ids = found.map((item) => `  ${item.id}`);
    throw new CliProblem(exitCodes.conflict, 'ambiguous', call.t('list.severalNamed', { name: idOrName }), ids);
  }
  return first;
}

/**
 * A secret value, the one time that it is shown. Where a program reads standard output, the value is all that is there,
 * so that VALUE=$(sallyport … ) works; what else there is to say goes beside it, unless --value-only was given.
 */
export function showOnce(
  call: Call,
  minted: {
    readonly json: unknown;
    readonly value: string;
    readonly sentence: string;
    /** Why to keep it now. */
    readonly once: string;
    readonly more?: readonly string[];
  },
): void {
  const { json, value, sentence, once, more = [] } = minted;
  if (call.isJson) {
    call.json(json);
  } else if (call.terminal.isOutputTty && !call.flag('value-only')) {
    for (const line of [sentence, '', `  ${value}`, '', once, ...more]) call.say(line);
  } else {
    call.terminal.out(`${value}\n`);
    if (!call.flag('value-only')) for (const line of [sentence, ...more]) call.note(line);
  }
}
