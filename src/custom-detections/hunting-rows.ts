// The rows of a rule's query. Rules are background work: few of their queries run at a time in a process (scheduler.ts), each
// steps back for the queries of people, and all rules of a tenant together take a part of its share only.
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { runHunting } from '../hunting/run.ts';
import { hunterOf } from '../hunting/run-hunter.ts';
import { HuntingProblem, type HuntingProblemKind } from '../hunting/run-problems.ts';
import type { Column } from '../kql/ir.ts';
import { managePermission } from './actor.ts';
import type { Row } from './entities.ts';
import type { RunErrorCode, RunFault } from './rule.ts';
import { ruleCatalogue } from './rule-tables.ts';

export interface Found {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** There were more than customDetectionRowsMax. */
  readonly isCutOff: boolean;
  readonly seconds: number;
  /** Of these, how long the engine was busy. */
  readonly busySeconds: number;
}

export interface Asked {
  readonly queryText: string;
  /** As {@link runHunting} takes it. */
  readonly timespan: string | undefined;
  /** At most; undefined for what any query may take. */
  readonly secondsMax: number | undefined;
  /** Steps back for other queries that wait. Not when a person waits for the rule. */
  readonly givesWay: boolean;
}

/** The query stepped back for those of people, as often as it may: it is tried again later. */
export class GaveWay extends Error {
  override readonly name = 'GaveWay';
}

const pollMs = 250;
/** So often a query steps back before it stands. */
const stepsBackMax = 3;

/** Throws what runHunting throws, and GaveWay. */
export async function findRows(ctx: Ctx, asked: Asked, isStopped: () => boolean = () => false): Promise<Found> {
  const config = {
    ...ctx.config,
    huntingRowsMax: Math.min(ctx.config.huntingRowsMax, ctx.config.customDetectionRowsMax),
  };
  for (let attempt = 1; ; attempt += 1) {
    const mayStepBack = asked.givesWay && attempt <= stepsBackMax;
    const stepping = await watch(ctx, mayStepBack, isStopped);
    try {
      return await readRows({ ...ctx, config }, asked, stepping.signal);
    } catch (error) {
      if (!stepping.signal.aborted) throw error;
      if (isStopped()) throw new GaveWay('The server is stopping.');
      await calm(ctx, isStopped);
    } finally {
      stepping.end();
    }
  }
}

/** Aborts its signal when others have waited for two looks in a row. */
async function watch(ctx: Ctx, mayStepBack: boolean, isStopped: () => boolean) {
  const { admission } = await hunterOf(ctx);
  const stepping = new AbortController();
  let waited = 0;
  const timer = setInterval(() => {
    waited = admission.waiting > 0 ? waited + 1 : 0;
    if (isStopped() || (mayStepBack && waited >= 2)) stepping.abort(new GaveWay('Others waited.'));
  }, pollMs);
  timer.unref();
  return { signal: stepping.signal, end: () => clearInterval(timer) };
}

/** Resolves when nobody waits any more, or after as long as a query may take. */
async function calm(ctx: Ctx, isStopped: () => boolean): Promise<void> {
  const { admission } = await hunterOf(ctx);
  const endsAt = performance.now() + ctx.config.huntingSecondsMax * 1000;
  do await new Promise((resolve) => setTimeout(resolve, pollMs));
  while (admission.waiting > 0 && performance.now() < endsAt && !isStopped());
}

async function readRows(ctx: Ctx, { queryText, timespan, ...asked }: Asked, signal: AbortSignal): Promise<Found> {
  const secondsMax = Math.min(asked.secondsMax ?? Number.POSITIVE_INFINITY, ctx.config.huntingSecondsMax);
  const answer = await runHunting(ctx, managePermission, {
    query: queryText,
    timespan,
    secondsMax,
    signal,
    catalogue: ruleCatalogue(),
  });
  try {
    const rows: Row[] = [];
    let begun = '';
    for (const piece of answer.pieces) {
      // Pieces end with a row, as a rule; one that does not is taken together with those behind it.
      begun += new TextDecoder().decode(piece);
      const found = parseRows(begun);
      if (!found) continue;
      rows.push(...found);
      begun = '';
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { columns, isCutOff, seconds, busySeconds } = answer;
    return { columns, rows, isCutOff, seconds, busySeconds };
  } finally {
    answer.release();
  }
}

/** Rows with commas between them, and one in front but for the very first; undefined where the last one is cut. */
function parseRows(text: string): Row[] | undefined {
  try {
    return JSON.parse(`[${text.startsWith(',') ? text.slice(1) : text}]`) as Row[]; // Written by the engine as objects.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const codes: Readonly<Record<HuntingProblemKind, RunErrorCode>> = {
  query: 'queryExecutionFailed',
  timeout: 'queryTimeout',
  'result-size': 'queryExceededResultSize',
  resources: 'queryLimitsExceeded',
  fault: 'queryExecutionFailed',
  gone: 'queryExecutionFailed',
};

/** What a run that failed says of it; undefined for what nobody foresaw. */
export function faultOf(error: unknown): RunFault | undefined {
  if (error instanceof HuntingProblem) return { code: codes[error.kind], reason: error.message };
  if (!(error instanceof Refusal)) return undefined;
  const code = error.details.status === 429 ? 'queryExecutionThrottling' : 'queryExecutionFailed';
  return { code, reason: error.details.message };
}
