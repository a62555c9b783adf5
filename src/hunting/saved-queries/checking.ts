// What the compiler says of a query that is to be kept. A query with faults is kept all the same: it may be a draft, or be
// meant for tables that are still to come.
import type { Ctx } from '../../context.ts';
import type { Diagnostic } from '../../kql/ir.ts';
import { huntingCatalogue } from '../hunting.ts';
import { hunterOf } from '../run-hunter.ts';

export type QueryFault = Pick<Diagnostic, 'code' | 'message' | 'line' | 'column'>;

/** How long somebody who saves a query waits for the tenant's other texts. */
const waitMsMax = 10_000;

/**
 * Faults of the text; none where they depend on data. Texts of one tenant are compiled one at a time: null when others are
 * in front for too long.
 */
export async function faultsOf(ctx: Ctx, query: string): Promise<QueryFault[] | null> {
  const { compiler, compilations } = await hunterOf(ctx);
  const { tenantId } = ctx.caller;
  if (compilations.waitingOf(tenantId) >= ctx.config.huntingWaitingMax) return null;
  try {
    await compilations.begin(tenantId, performance.now() + waitMsMax, AbortSignal.timeout(waitMsMax));
  } catch {
    return null;
  }
  try {
    const compilation = await compiler.compile(query, huntingCatalogue(), {});
    // Whether a watchlist or a file is there is found when the query runs, and so are columns that depend on data.
    if (compilation.ok || compilation.needs || compilation.external || compilation.watchlist !== undefined) return [];
    return compilation.diagnostics.map(({ code, message, line, column }) => ({ code, message, line, column }));
  } finally {
    compilations.end(tenantId);
  }
}
