import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Activity } from '../../src/activities/activity.ts';
import { type EventStore, openEventStore } from '../../src/events/events.ts';
import { newId, type TenantId } from '../../src/lib/ids.ts';

export const someTime = Date.UTC(2026, 2, 4, 12);

/** An activity with plausible values; `index` makes its id and time, `changes` the rest. */
export function madeActivity(index: number, changes: Partial<Activity> = {}): Activity {
  const timestamp = changes.timestamp ?? someTime + index * 1000;
  const id = changes.id ?? `${timestamp}_${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`;
  return {
    id,
    timestamp,
    created: timestamp + 60_000,
    appId: 15600,
    appName: 'Microsoft OneDrive for Business',
    instance: 0,
    actionType: 'FileDownloaded',
    eventType: 'EVENT_CATEGORY_DOWNLOAD_FILE',
    eventTypeValue: 'EVENT_O365_ONEDRIVE_GENERIC',
    isAdminEvent: false,
    isImpersonated: false,
    userName: 'ada@contoso.example',
    userDomain: 'contoso.example',
    userTags: [],
    ipAddress: '192.0.2.17',
    ipCategory: 1,
    ipTags: [],
    countryCode: 'NL',
    organization: 'Contoso',
    deviceType: 'DESKTOP',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0',
    userAgentTags: [],
    entities: ['ada@contoso.example|11161|0'],
    objects: [`file-${index}`, 'plans.docx'],
    fileIds: [`file-${index}`],
    policies: [],
    source: 2,
    searchText: 'download file plans.docx ada@contoso.example',
    record: JSON.stringify({ _id: id, timestamp, index }),
    ...changes,
  };
}

export function newTenantId(): TenantId {
  return newId<TenantId>();
}

export interface OpenedStore {
  readonly events: EventStore;
  readonly folder: string;
}

/** An event store in a folder of its own, both gone when the test ends. */
export async function openTestEvents(
  test: TestContext,
  limits: { querySecondsMax?: number; queriesAtOnceMax?: number; memoryBytesMax?: number } = {},
): Promise<OpenedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-events-'));
  const events = await openEventStore({
    folder,
    memoryBytesMax: 268_435_456,
    querySecondsMax: 10,
    queriesAtOnceMax: 4,
    ...limits,
  });
  test.after(async () => {
    await events.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { events, folder };
}
