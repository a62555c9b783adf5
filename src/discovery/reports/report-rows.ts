// Which rows of the traffic a report shows: those of its data sources and days, and of a custom report those of its people
// and addresses (cloud-apps reference 3.5).
import type { Services } from '../../context.ts';
import { listMemberNames } from '../../directory/groups.ts';
import { isOneOf } from '../../events/dialect.ts';
import { and, never, type Sql, sql } from '../../events/sql.ts';
import { openGeo } from '../../geo/geo.ts';
import { isInRanges } from '../../lib/addresses.ts';
import { dayMs } from '../../lib/clock.ts';
import { TooLarge } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { addressLocator } from '../../subnets/addresses.ts';
import { listSubnets } from '../../subnets/subnets.ts';
import { nameCipher } from '../anonymous-names.ts';
import { findNameKey } from '../name-keys.ts';
import { inputsOf, type Stream, type StreamFilters } from '../streams/stream.ts';
import { streamsOfTenant } from '../streams/streams.ts';
import { at, listAddresses } from './report-store.ts';
import type { TimeFrame } from './usage.ts';

export type ReportServices = Pick<Services, 'store' | 'events' | 'clock' | 'config' | 'keys'>;

/** The rows of `days` days (UTC), today included. A snapshot is of its own time: all of it is shown whatever is asked. */
export async function rowsOf(
  services: ReportServices,
  tenantId: TenantId,
  stream: Stream,
  days: TimeFrame,
): Promise<Sql> {
  const all = await streamsOfTenant(services.store.db, tenantId);
  const inputs = inputsOf(stream, all);
  if (inputs.length === 0) return never;
  const ofInputs = isOneOf(at.streamId, inputs);
  const inTime = stream.kind === 'snapshot' ? ofInputs : and([ofInputs, sinceDay(services.clock(), days)]);
  if (stream.filters === null) return inTime;
  return and([inTime, ...(await includedBy(services, tenantId, stream.filters, inTime))]);
}

function sinceDay(now: number, days: TimeFrame): Sql {
  const today = Math.floor(now / dayMs) * dayMs;
  return sql`${at.day} > ${today - days * dayMs}`;
}

async function includedBy(
  services: ReportServices,
  tenantId: TenantId,
  { groups, ipTags, ipRanges }: StreamFilters,
  inTime: Sql,
): Promise<Sql[]> {
  const conditions: Sql[] = [];
  if (groups.length > 0) conditions.push(isOneOf(at.userName, await membersOf(services, tenantId, groups)));
  if (ipTags.length + ipRanges.length > 0) {
    conditions.push(await addressesWith(services, tenantId, { ipTags, ipRanges }, inTime));
  }
  return conditions;
}

/** As the traffic may name them: openly, or hidden by a data source that asks for it. */
async function membersOf(services: ReportServices, tenantId: TenantId, groups: readonly string[]): Promise<string[]> {
  const members = await listMemberNames(services.store.db, tenantId, groups);
  const key = members.length > 0 ? await findNameKey(services, tenantId) : undefined;
  if (!key) return members;
  const names = nameCipher(key);
  return [...members, ...members.map((each) => names.hide(each))];
}

/**
 * Where an address lies is not for the engine to say, so that the different addresses of the rows, which are far fewer, are
 * looked at one by one.
 */
async function addressesWith(
  services: ReportServices,
  tenantId: TenantId,
  { ipTags, ipRanges }: Pick<StreamFilters, 'ipTags' | 'ipRanges'>,
  inTime: Sql,
): Promise<Sql> {
  const { store, events, config } = services;
  const most = config.discoveryReportAddressesMax;
  const addresses = await listAddresses(events, tenantId, inTime, most + 1);
  if (addresses.length > most) {
    throw new TooLarge(
      `The report would look at more than ${most} addresses (setting discoveryReportAddressesMax). Take fewer data sources or a shorter time.`,
    );
  }
  const locate =
    ipTags.length > 0 ? addressLocator(await listSubnets(store.db, tenantId), await openGeo(config)) : () => null;
  const wanted = new Set(ipTags.map((id) => id.toLowerCase()));
  const isWanted = (address: string): boolean =>
    isInRanges(address, ipRanges) || (locate(address)?.tags.some((tag) => wanted.has(tag.toLowerCase())) ?? false);
  return isOneOf(at.sourceAddress, addresses.filter(isWanted));
}
