import { sql } from 'kysely';
import type { Db } from '../db/store.ts';
import { conditionSql, termSql } from '../db/text-conditions.ts';
import type { AppId, TenantId } from '../lib/ids.ts';
import type { TextCondition } from '../lib/text-condition.ts';
import type { ApplicationRow } from './application.ts';
import type { ApplicationProperty, PrincipalProperty } from './directory-lists.ts';
import type { Span } from './grant-lists.ts';
import type { ServicePrincipalRow } from './principals-store.ts';

/** `deletedAfter`: null for applications that are not deleted, otherwise those that were after this moment. */
export async function pageApplications(
  db: Db,
  tenantId: TenantId,
  where: TextCondition<ApplicationProperty> | null,
  deletedAfter: number | null,
  { skip, limit }: Span,
): Promise<{ rows: ApplicationRow[]; total: number }> {
  let query = db.selectFrom('applications').where('tenantId', '=', tenantId);
  query =
    deletedAfter === null
      ? query.where('status', '<>', 'deleted')
      : query.where('status', '=', 'deleted').where('statusChangedAt', '>', deletedAfter);
  if (where) {
    query = query.where((e) =>
      conditionSql(where, (term) => termSql(term, (property) => e.ref(`applications.${property}`).$castTo<string>())),
    );
  }
  const page = query.selectAll().orderBy('displayName').orderBy('id');
  const rows = limit === 0 ? [] : await page.limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function pagePrincipals(
  db: Db,
  tenantId: TenantId,
  where: TextCondition<PrincipalProperty> | null,
  { skip, limit }: Span,
): Promise<{ rows: ServicePrincipalRow[]; total: number }> {
  let query = db
    .selectFrom('servicePrincipals')
    .leftJoin('applications', (join) =>
      // What another tenant deleted, or keeps to itself now, must not be found by what it says today.
      join
        .onRef('applications.appId', '=', 'servicePrincipals.appId')
        .on('applications.status', '<>', 'deleted')
        .on((e) =>
          e.or([
            e('applications.signInAudience', '=', 'AzureADMultipleOrgs'),
            e('applications.tenantId', '=', tenantId),
          ]),
        ),
    )
    .where('servicePrincipals.tenantId', '=', tenantId);
  if (where) {
    // The name and the identifier URIs are the application's own; the presence remembers the name for when it is gone.
    const columns = {
      id: sql<string>`${sql.ref('servicePrincipals.id')}`,
      appId: sql<string>`${sql.ref('servicePrincipals.appId')}`,
      displayName: sql<string>`coalesce(${sql.ref('applications.displayName')}, ${sql.ref('servicePrincipals.displayName')})`,
      servicePrincipalNames: sql<string>`coalesce(${sql.ref('applications.identifierUris')}, '[]')`,
    };
    query = query.where((e) =>
      conditionSql(where, (term) => {
        const found = termSql(term, (property) => columns[property]);
        if (term.kind !== 'hasEntry') return found;
        const isAppId = e('servicePrincipals.appId', '=', term.entry.toLowerCase() as AppId); // Compared, nothing more.
        return e.or([isAppId, found]);
      }),
    );
  }
  const page = query
    .selectAll('servicePrincipals')
    .orderBy('servicePrincipals.displayName')
    .orderBy('servicePrincipals.id');
  const rows = limit === 0 ? [] : await page.limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}
