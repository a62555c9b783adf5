// The governance log: what was done because of policies, by tasks of cloud discovery, and on behalf of people.
import { isoTime, parseIsoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { GovernanceWhere } from '../../policies/governance.ts';
import { GovernanceLog, GovernanceQuery } from './governance-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

const pageRows = 50;

export function governanceRoutes(app: ManagementApp): void {
  const list = { querystring: GovernanceQuery, response: { 200: GovernanceLog } };
  app.get('/governance', { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows, sort, direction = 'desc', type, status, appId, from, until } = request.query;
    const where: GovernanceWhere = {
      ...(type === undefined ? {} : { types: { are: [type], isNegated: false } }),
      ...(status === undefined ? {} : { statuses: { are: [status], isNegated: false } }),
      ...(appId === undefined ? {} : { appIds: { are: [appId], isNegated: false } }),
      ...(from === undefined ? {} : { from: timeOf('from', from) }),
      ...(until === undefined ? {} : { until: timeOf('until', until) }),
    };
    const { listGovernance } = await import('../../policies/governance.ts');
    const { items, total } = await listGovernance(ctx, where, { skip, limit, sort, direction });
    const wired = items.map(({ details, at, ...each }) => ({
      ...each,
      at: isoTime(at),
      target: details.target,
      message: details.message,
    }));
    return { items: wired, total };
  });
}

function timeOf(field: string, text: string): number {
  const time = parseIsoTime(text);
  if (time === undefined) throw new InvalidInput(field, `${field} is a time such as 2027-01-31T02:00:00Z.`);
  return time;
}
