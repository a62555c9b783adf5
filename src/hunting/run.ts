// Running a hunting query for a caller: rights, the tenant's share, compilation, its turn, and the answer as JSON text.
import { concernOf, scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import type { Catalogue, Column, Compiled, ParameterName } from '../kql/ir.ts';
import { compileInPasses, foundColumnsMax } from '../kql/two-pass.ts';
import { TooLarge } from '../lib/failures.ts';
import { externalTable } from './external-tables.ts';
import { prepareHosted } from './hosted.ts';
import { huntingCatalogue } from './hunting.ts';
import type { Admitted } from './run-admission.ts';
import { type HeldBytes, type Hunter, hunterOf } from './run-hunter.ts';
import { engineFault, HuntingProblem, resultTooLarge, tookTooLong, tooMuchMemory, wrongQuery } from './run-problems.ts';
import { rangeOf, type TickRange, ticksNow } from './run-range.ts';
import { jsonRows } from './run-rows.ts';
import { heldWatchlist } from './watchlists/held-watchlists.ts';

export interface HuntingRequest {
  readonly query: string;
  /** ISO 8601; see rangeOf. */
  readonly timespan?: string | undefined;
  /** For waiting and running, counted from when the query is compiled. */
  readonly secondsMax: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Other tables than those of every hunting query. */
  readonly catalogue?: Catalogue;
}

export interface HuntingAnswer {
  readonly columns: readonly Column[];
  /** JSON objects with commas between them, in pieces. They count as held until `release`. */
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly rowCount: number;
  /** There were more rows than huntingRowsMax. */
  readonly isCutOff: boolean;
  readonly seconds: number;
  /** Of these, how long the engine was busy. */
  readonly busySeconds: number;
  /** The answer was sent, or nobody wants it. */
  release(): void;
}

/** Runs the query over the caller's tenant. Throws a HuntingProblem, a Refusal, or InvalidInput for the time span. */
export async function runHunting(ctx: Ctx, permission: Permission, request: HuntingRequest): Promise<HuntingAnswer> {
  requireWholeTenant(ctx, permission);
  const hunter = await hunterOf(ctx);
  hunter.shares.require(ctx);
  const now = ctx.clock();
  const range = rangeOf(request.timespan, now, ctx.config.huntingDays);
  const begunAt = performance.now();
  const run: Run = { ctx, hunter, request, range, now, endsAt: undefined, busyMs: 0 };
  const held = hunter.held.open();
  try {
    const compiled = await compileQuery(run);
    const rows = await hunter.admission.run(admittedOf(run, compiled.sql), (signal) =>
      readRows(run, compiled, signal, held),
    );
    const seconds = (performance.now() - begunAt) / 1000;
    return {
      ...rows,
      columns: compiled.columns,
      seconds,
      busySeconds: run.busyMs / 1000,
      release: () => held.release(),
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

/** What all passes of one request share. */
interface Run {
  readonly ctx: Ctx;
  readonly hunter: Hunter;
  readonly request: HuntingRequest;
  readonly range: TickRange;
  readonly now: number;
  /** By `performance.now()`; set with the first statement. */
  endsAt: number | undefined;
  busyMs: number;
}

/** Tables hold everything of the tenant, so a role that is cut to a part of the data cannot be asked to hunt in them. */
function requireWholeTenant({ caller }: Ctx, permission: Permission): void {
  if (scopeOf(caller, permission).all) return;
  const detail = `${permission} reaches only a part of the data here, and hunting queries look at all of it.`;
  throw new Refusal({
    status: 403,
    code: 'permission-missing',
    message: `Insufficient role based permissions: ${detail}`,
    chain: [...caller.passed, { check: 'data-scope', outcome: 'failed', detail }],
    remedy: `Assign a role that has ${permission} for the whole organisation.`,
    ...concernOf(caller),
  });
}

async function compileQuery(run: Run): Promise<Compiled> {
  const { ctx, hunter, request } = run;
  const catalogue = request.catalogue ?? huntingCatalogue();
  const compilation = await compileInPasses({
    compile: (options) => inTurn(run, () => hunter.compiler.compile(request.query, catalogue, { ...options })),
    read: async (query) => {
      await prepareHosted(ctx.events, ctx.config, query.hosted);
      return await hunter.admission.run(admittedOf(run, query.sql), (signal) => readFoundRows(run, query, signal));
    },
    fetch: async (external) => await externalTable(ctx, external),
    watchlist: async (alias) => await heldWatchlist(ctx, alias),
  });
  if (!compilation.ok) throw wrongQuery(request.query, compilation.diagnostics);
  await prepareHosted(ctx.events, ctx.config, compilation.compiled.hosted);
  return compilation.compiled;
}

/** Waits for the tenant's other texts first, as long as a query may take. */
async function inTurn<T>({ ctx, hunter, request }: Run, work: () => Promise<T>): Promise<T> {
  const { tenantId } = ctx.caller;
  const { compilations } = hunter;
  if (compilations.waitingOf(tenantId) >= ctx.config.huntingWaitingMax) throw tooMuchMemory();
  await compilations.begin(tenantId, performance.now() + request.secondsMax * 1000, request.signal);
  try {
    return await work();
  } finally {
    compilations.end(tenantId);
  }
}

function admittedOf(run: Run, sql: string): Admitted {
  const { ctx, request } = run;
  return { tenantId: ctx.caller.tenantId, sql, endsAt: endOf(run), signal: request.signal };
}

function endOf(run: Run): number {
  run.endsAt ??= performance.now() + run.request.secondsMax * 1000;
  return run.endsAt;
}

function boundOf({ ctx, range, now }: Run, name: ParameterName): bigint | { readonly uuid: string } {
  switch (name) {
    case 'tenant':
      return { uuid: ctx.caller.tenantId };
    case 'now':
      return ticksNow(now);
    case 'from':
      return range.from;
    case 'to':
      return range.to;
  }
}

type Chunks = ReturnType<Ctx['events']['hunt']>;

/** The chunks of a query's answer, with the time that each takes counted, and failures under their names. */
async function* chunksOf(
  run: Run,
  sql: string,
  { parameters }: Compiled,
  rowsMax: number,
  signal: AbortSignal,
): Chunks {
  const secondsMax = (endOf(run) - performance.now()) / 1000;
  if (secondsMax <= 0) throw tookTooLong();
  const values = parameters.map((name) => boundOf(run, name));
  const chunks = run.ctx.events.hunt({ sql, values, secondsMax, rowsMax, signal });
  const busy = new BusyTime(run);
  // What does not stop when its time is over is answered before it ends: its share is used up by then.
  const timer = setTimeout(() => busy.count(), secondsMax * 1000);
  try {
    for (;;) {
      busy.begin();
      const next = await chunks.next().finally(() => busy.end());
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw asProblem(error, run, signal);
  } finally {
    clearTimeout(timer);
    await chunks.return(undefined);
  }
}

/** How long the engine is busy for one statement, counted for the run and for its tenant's share. */
class BusyTime {
  readonly #run: Run;
  /** By `performance.now()`: until when it has been counted; undefined while the engine has nothing to do. */
  #countedAt: number | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  begin(): void {
    this.#countedAt = performance.now();
  }

  /** At once, because a query may go on after its request has ended. */
  count(): void {
    if (this.#countedAt === undefined) return;
    const { ctx, hunter } = this.#run;
    const now = performance.now();
    const ms = now - this.#countedAt;
    this.#countedAt = now;
    this.#run.busyMs += ms;
    hunter.shares.add(ctx.caller.tenantId, ms / 1000, ctx.clock());
  }

  end(): void {
    this.count();
    this.#countedAt = undefined;
  }
}

function asProblem(error: unknown, run: Run, signal: AbortSignal): unknown {
  const { ctx } = run;
  if (signal.aborted || error instanceof HuntingProblem) return error;
  if (error instanceof TooLarge)
    return performance.now() >= endOf(run) ? tookTooLong() : tooMuchMemory({ cause: error });
  const message = error instanceof Error ? error.message : String(error);
  const problem = ofData(message);
  if (problem) return problem;
  if (/^(?:[A-Z][A-Za-z -]* )?Error: /.test(message)) {
    ctx.log.error({ err: error, correlationId: ctx.correlationId }, 'a hunting query failed in the engine');
    return engineFault(error);
  }
  return error;
}

/** What emitted SQL itself says of values that it finds: `error('…')` in the engine, and numbers that do not fit. */
function ofData(message: string): HuntingProblem | undefined {
  const [, said] = /^Invalid Input Error: ([\s\S]*)$/.exec(message) ?? [];
  if (said !== undefined && /is not supported/.test(said)) return new HuntingProblem('query', said);
  if (
    said !== undefined &&
    /pattern too large|repetition|invalid (?:perl|escape|char)|missing [)\]]|no argument/i.test(said)
  ) {
    return new HuntingProblem('query', `A regular expression of the query cannot be used: ${said}`);
  }
  if (/^Out of Range Error: /.test(message)) {
    return new HuntingProblem('query', 'A number in the query is out of the range of its type.');
  }
  return undefined;
}

/** Rows of a first pass: its columns are found in them. Twice the most that are any use. */
async function readFoundRows(run: Run, query: Compiled, signal: AbortSignal): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const chunk of chunksOf(run, query.sql, query, foundColumnsMax * 20, signal)) {
    const columns = chunk.columns();
    for (let row = 0; row < chunk.rowCount; row += 1) rows.push(columns.map((column) => column[row]));
  }
  return rows;
}

/** About so much is copied before others get the event loop. */
const sliceBytes = 262_144;

async function readRows(
  run: Run,
  compiled: Compiled,
  signal: AbortSignal,
  held: HeldBytes,
): Promise<Pick<HuntingAnswer, 'pieces' | 'bytes' | 'rowCount' | 'isCutOff'>> {
  const { huntingRowsMax: rowsMax, huntingResultBytesMax: bytesMax } = run.ctx.config;
  // A query that was stopped begins with nothing again.
  held.reset();
  const enough = new AbortController();
  const sql = jsonRows(compiled, ',');
  const chunks = chunksOf(run, sql, compiled, rowsMax + 1, AbortSignal.any([signal, enough.signal]));
  const pieces: Buffer[] = [];
  let [bytes, rowCount, isCutOff] = [0, 0, false];
  try {
    for await (const chunk of oneAhead(chunks)) {
      const last = Math.min(chunk.rowCount, rowsMax - rowCount);
      for (let row = 0; row < last; ) {
        const texts = chunk.texts({ row, endRow: last, sliceBytes, textBytesMax: bytesMax });
        if (texts === null) throw resultTooLarge();
        bytes += texts.bytes.length;
        if (bytes > bytesMax) throw resultTooLarge();
        held.add(texts.bytes.length);
        pieces.push(texts.bytes);
        row = texts.endRow;
        if (row < last) await letOthersIn(signal);
      }
      isCutOff = last < chunk.rowCount;
      rowCount += last;
    }
  } finally {
    enough.abort();
  }
  // Each row has a comma in front of it.
  if (pieces[0]) pieces[0] = pieces[0].subarray(1);
  return { pieces, bytes: Math.max(0, bytes - 1), rowCount, isCutOff };
}

async function letOthersIn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** The engine works on the next chunk while the present one is taken. */
async function* oneAhead(chunks: Chunks): Chunks {
  let next = chunks.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = chunks.next();
      // Met when it is awaited; whoever stops before then does not want it.
      next.catch(() => {});
      yield value;
    }
  } finally {
    // Not waited for: it comes after the chunk that is under way, which is about to be interrupted.
    void chunks.return(undefined).catch(() => {});
  }
}
