// What else the activities behind an alert name: files, devices and the directory ids of people. It is read once for all
// alerts that a search found, so that neither policies nor detections have to carry it along.
import { expandRecord } from '../activities/record-text.ts';
import { isRecord, pairValue, piece } from '../activities/unified-audit/fields.ts';
import type { AlertDevice, AlertDraft, AlertEntity } from '../alerts/alert.ts';
import type { Services } from '../context.ts';
import { fileEntity } from '../detections/words.ts';
import { decodeSet } from '../entities/column-tests.ts';
import type { CellValue } from '../events/cells.ts';
import { isOneOf } from '../events/dialect.ts';
import { and, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { activities, col, list, ofTenant, textOrNull } from './matching.ts';

type Events = Pick<Services['events'], 'query'>;

/** Activities of one search that are asked; alerts beyond name what their policy says of them. */
const activitiesMax = 20_000;
/** Records are long: so many of them, none longer than this, and so many of each alert. */
const recordsMax = 500;
const recordCharsMax = 65_536;
const recordsPerAlert = 5;
/** Of one kind of thing an alert names so many. */
const filesPerAlert = 10;
const devicesPerAlert = 10;

/** The alerts with the things that their activities name, each in its place. */
export async function withThings(
  events: Events,
  tenantId: TenantId,
  drafts: readonly AlertDraft[],
): Promise<AlertDraft[]> {
  const ids = [...new Set(drafts.flatMap(({ activityIds }) => activityIds))].slice(0, activitiesMax);
  if (ids.length === 0) return [...drafts];
  const named = await readNamed(events, tenantId, ids);
  const first = [...new Set(drafts.flatMap(({ activityIds }) => activityIds.slice(0, recordsPerAlert)))];
  const devices = await readDevices(events, tenantId, first.slice(0, recordsMax));
  return drafts.map((draft) => ({
    ...draft,
    entities: [...draft.entities.map((each) => withDirectoryId(each, draft, named)), ...filesOf(draft, named)],
    devices: [...draft.devices, ...devicesOf(draft, devices)],
  }));
}

interface Named {
  readonly file: AlertEntity | null;
  readonly userName: string;
  readonly directoryId: string | null;
}

async function readNamed(events: Events, tenantId: TenantId, ids: readonly string[]): Promise<Map<string, Named>> {
  const columns = [col.id, col.userName, col.entities, col.fileIds, col.objects, col.appId, col.instance];
  const rows = await events.query(sql`select ${list(columns)} from ${activities} where ${ofIds(tenantId, ids)}`);
  return new Map(rows.map((row) => [String(row[0]), namedIn(row)]));
}

/** Ids of activities begin with their time, which spares the engine the other days. */
function ofIds(tenantId: TenantId, ids: readonly string[]): Sql {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const id of ids) {
    const time = Number.parseInt(id, 10);
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  const span = Number.isNaN(first + last) ? [] : [sql`${col.timestamp} between ${first} and ${last}`];
  return and([ofTenant(tenantId), ...span, isOneOf(col.id, ids)]);
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function namedIn(row: readonly CellValue[]): Named {
  const [, userName, entities, fileIds, objects, appId, instance] = row;
  // An activity's own account comes first, by its name and then by its directory id (unified-audit.ts); each stands there
  // with its app and once more without (activities/store.ts).
  const accounts = decodeSet(textOrNull(entities) ?? '').flatMap((each) => /^(.*)\|\d+\|\d+$/s.exec(each)?.[1] ?? []);
  const account = accounts[0] === userName ? (accounts[1] ?? '') : '';
  return {
    file: fileIn(
      decodeSet(textOrNull(fileIds) ?? ''),
      decodeSet(textOrNull(objects) ?? ''),
      Number(appId),
      Number(instance),
    ),
    userName: String(userName ?? ''),
    directoryId: guid.test(account) ? account.toLowerCase() : null,
  };
}

/** The file's ids are `<site>|<item>` and the item; among the objects its name and its address follow the item. */
function fileIn(
  ids: readonly string[],
  objects: readonly string[],
  appId: number,
  instance: number,
): AlertEntity | null {
  const [fileId] = ids;
  const item = ids.at(-1);
  if (fileId === undefined || item === undefined) return null;
  const at = objects.indexOf(item);
  const [fileName = item, address = ''] = at === -1 ? [] : objects.slice(at + 1, at + 3);
  const filePath =
    address.includes('/') && address.endsWith(`/${fileName}`) ? address.slice(0, -fileName.length - 1) : null;
  return fileEntity({ fileId, fileName, filePath, appId, instanceId: instance });
}

function filesOf({ activityIds, entities }: AlertDraft, named: ReadonlyMap<string, Named>): AlertEntity[] {
  const known = new Set(entities.map(({ fileId }) => fileId));
  const files = new Map<unknown, AlertEntity>();
  for (const id of activityIds) {
    const file = named.get(id)?.file;
    if (file && !known.has(file.fileId) && !files.has(file.fileId)) files.set(file.fileId, file);
    if (files.size === filesPerAlert) break;
  }
  return [...files.values()];
}

/** Defender reference 2.7: `aadUserId` of a User, where the person's own activities tell it. */
function withDirectoryId(
  entity: AlertEntity,
  { activityIds }: AlertDraft,
  named: ReadonlyMap<string, Named>,
): AlertEntity {
  const { entityType, userPrincipalName, aadUserId } = entity;
  if (entityType !== 'User' || typeof userPrincipalName !== 'string' || aadUserId !== undefined) return entity;
  for (const id of activityIds) {
    const own = named.get(id);
    if (own && own.directoryId !== null && own.userName === userPrincipalName) {
      return { ...entity, aadUserId: own.directoryId };
    }
  }
  return entity;
}

async function readDevices(
  events: Events,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, AlertDevice>> {
  const rows = await events.query(sql`select ${col.id}, ${col.record} from ${activities}
    where ${and([ofIds(tenantId, ids), sql`length(${col.record}) <= ${recordCharsMax}`])}`);
  const devices = new Map<string, AlertDevice>();
  for (const [id, record] of rows) {
    const device = deviceIn(expandRecord(String(record ?? '')));
    if (device) devices.set(String(id), device);
  }
  return devices;
}

function deviceIn(wireRecord: string): AlertDevice | undefined {
  if (!wireRecord.includes('Device')) return undefined;
  try {
    const wire: unknown = JSON.parse(wireRecord);
    return isRecord(wire) && isRecord(wire.rawDataJson) ? managedDevice(wire.rawDataJson) : undefined;
  } catch {
    return undefined;
  }
}

/** What phones and the like are called that nobody gave a name: one name, many devices. */
const commonName = /^(iphone|ipad|ipod|android|macbook|imac|galaxy|pixel|desktop|laptop|localhost|unknown)\b[^0-9]*$/i;

/** Only devices that the organisation manages: others may be called anything (SharePoint schema; Entra schema, DeviceProperties). */
function managedDevice(record: Readonly<Record<string, unknown>>): AlertDevice | undefined {
  const properties = record.DeviceProperties;
  const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true';
  const isManaged = isTrue(record.IsManagedDevice) || isTrue(pairValue(properties, 'IsCompliantAndManaged'));
  const deviceDnsName = piece(record.DeviceDisplayName) || pairValue(properties, 'DisplayName');
  if (!isManaged || deviceDnsName === '' || commonName.test(deviceDnsName)) return undefined;
  const aadDeviceId = pairValue(properties, 'Id');
  return { mdatpDeviceId: null, aadDeviceId: guid.test(aadDeviceId) ? aadDeviceId : null, deviceDnsName };
}

function devicesOf({ activityIds }: AlertDraft, devices: ReadonlyMap<string, AlertDevice>): AlertDevice[] {
  const found = new Map<unknown, AlertDevice>();
  for (const id of activityIds.slice(0, recordsPerAlert)) {
    const device = devices.get(id);
    if (device) found.set(String(device.deviceDnsName).toLowerCase(), device);
  }
  return [...found.values()].slice(0, devicesPerAlert);
}
