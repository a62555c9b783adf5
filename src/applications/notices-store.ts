// What notifications tell of applications: queries only.
import type { Db } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export interface EndingRow {
  readonly id: string;
  readonly description: string;
  readonly endsAt: number;
  readonly displayName: string;
  readonly appId: string;
}

export interface EndingSearch {
  readonly from: number;
  readonly to: number;
  readonly id: string | undefined;
  readonly limit: number;
}

/** Secrets and certificates of living applications that end after `from` and at `to` at the latest; or only that one. */
export async function listEnding(
  db: Db,
  tenantId: TenantId,
  { from, to, id, limit }: EndingSearch,
): Promise<EndingRow[]> {
  const ofTable = async (table: 'applicationSecrets' | 'applicationCertificates') => {
    const query = db
      .selectFrom(table)
      .innerJoin('applications', (join) =>
        join
          .onRef('applications.id', '=', `${table}.applicationId`)
          .onRef('applications.tenantId', '=', `${table}.tenantId`),
      )
      .select([
        `${table}.id as id`,
        `${table}.endsAt as endsAt`,
        'applications.displayName as displayName',
        'applications.appId as appId',
        `${table}.description as description`,
      ])
      .where(`${table}.tenantId`, '=', tenantId)
      .where('applications.status', '!=', 'deleted')
      .where(`${table}.endsAt`, '>', from)
      .where(`${table}.endsAt`, '<=', to);
    const narrowed = id === undefined ? query : query.where(`${table}.id`, '=', id);
    return await narrowed.orderBy(`${table}.endsAt`).limit(limit).execute();
  };
  return [...(await ofTable('applicationSecrets')), ...(await ofTable('applicationCertificates'))];
}
