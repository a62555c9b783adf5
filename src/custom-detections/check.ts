// Whether a query can be a rule: it compiles, and its answer has the columns that an alert is made of
// (https://learn.microsoft.com/defender-xdr/custom-detection-rules, required columns).
import type { Ctx } from '../context.ts';
import { huntingCatalogue } from '../hunting/hunting.ts';
import { hunterOf } from '../hunting/run-hunter.ts';
import { wrongQuery } from '../hunting/run-problems.ts';
import type { Column } from '../kql/ir.ts';
import { Conflict, InvalidInput } from '../lib/failures.ts';
import { tablesIn, whyNotWatchable, wordsOf } from './query-words.ts';
import { dynamicColumns, findColumn, type RuleContent } from './rule.ts';

export const queryField = 'queryCondition.queryText';

/** Throws InvalidInput where the rule could never raise an alert. */
export async function checkRule(ctx: Ctx, rule: RuleContent): Promise<void> {
  const why = rule.period === '0' ? whyNotWatchable(rule.queryText) : undefined;
  if (why !== undefined) throw new InvalidInput(queryField, why);
  const columns = await columnsOf(ctx, rule.queryText);
  const problem = columns && problemOf(columns, rule);
  if (problem) throw problem;
}

/** Queries of a tenant are compiled one after the other. */
const waitMsMax = 30_000;

function busy(): Conflict {
  return new Conflict(
    'queries-waiting',
    'Other queries of this organisation are being compiled. Try again in a moment.',
  );
}

/** Undefined where the columns depend on the data, so that only a run knows them. */
async function columnsOf(ctx: Ctx, queryText: string): Promise<readonly Column[] | undefined> {
  const { tenantId } = ctx.caller;
  const hunter = await hunterOf(ctx);
  if (hunter.compilations.waitingOf(tenantId) >= ctx.config.huntingWaitingMax) throw busy();
  const endsAt = performance.now() + waitMsMax;
  await hunter.compilations.begin(tenantId, endsAt, new AbortController().signal).catch(() => {
    throw busy();
  });
  try {
    const compilation = await hunter.compiler.compile(queryText, huntingCatalogue());
    if (compilation.ok) return compilation.compiled.columns;
    if (compilation.needs || compilation.external || compilation.watchlist !== undefined) return undefined;
    throw new InvalidInput(queryField, wrongQuery(queryText, compilation.diagnostics).message);
  } finally {
    hunter.compilations.end(tenantId);
  }
}

/** What the answer lacks; asked of a run's answer as well, whose columns may be others than when the rule was saved. */
export function problemOf(columns: readonly Column[], rule: RuleContent): InvalidInput | undefined {
  const names = columns.map(({ name }) => name);
  const time = columns.find(({ name }) => name === 'Timestamp');
  if (time?.type !== 'datetime') {
    return new InvalidInput(queryField, 'The query must return the column Timestamp, a datetime.');
  }
  const tables = tablesIn(wordsOf(rule.queryText));
  const needed = [
    // Tables of alerts have no events behind their rows.
    ...(tables.length > 0 && tables.every((table) => table.startsWith('Alert')) ? [] : ['ReportId']),
    ...(tables.some((table) => table.startsWith('Device')) ? ['DeviceId'] : []),
  ];
  const missing = needed.find((name) => !names.includes(name));
  if (missing !== undefined) {
    const message = `The query must return the column ${missing}, which tells its events apart.`;
    return new InvalidInput(queryField, `${message} It returns ${shown(names)}.`);
  }
  const { title, description, impactedAssets } = rule.alertTemplate;
  const asset = impactedAssets.find(({ identifier }) => findColumn(names, identifier) === undefined);
  if (asset) {
    const field = 'detectionAction.alertTemplate.impactedAssets';
    return new InvalidInput(field, `The query returns no column for ${asset.identifier}. It returns ${shown(names)}.`);
  }
  const unknown = dynamicColumns(title, description).find((name) => findColumn(names, name) === undefined);
  if (unknown === undefined) return undefined;
  const field = 'detectionAction.alertTemplate';
  return new InvalidInput(field, `{{${unknown}}} names no column of the query. It returns ${shown(names)}.`);
}

const namesShownMax = 30;

function shown(names: readonly string[]): string {
  return names.slice(0, namesShownMax).join(', ') + (names.length > namesShownMax ? ', …' : '');
}
