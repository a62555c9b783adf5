// Noted API calls as rows of ApiAccessEvents: those of all tenants in one insertion, because there is one every half second.
import { loadClient } from '../applications/lookup.ts';
import { RowWriter } from '../events/row-writer.ts';
import { never } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import type { AccessLogServices, ApiCall, MissedCalls } from './access-log.ts';
import { storedTable } from './ingest/table-reader.ts';
import { setEpochMs, type TimeWords } from './ingest/times.ts';
import { eventTableOf, storedColumns } from './schema/stored.ts';
import { prepareHuntingTables } from './store.ts';

const pathLengthMax = 2048;

/** All of them or none. */
export async function writeCalls(
  services: AccessLogServices,
  calls: readonly ApiCall[],
  missed: readonly MissedCalls[],
): Promise<void> {
  const { events, clock } = services;
  await prepareHuntingTables(events);
  const homes = await homeTenants(services, calls);
  const rows = new CallRows(clock());
  for (const call of calls) rows.add(call, homes);
  for (const each of missed) rows.addMissed(each, clock());
  // No call is noted twice, and an insertion that failed has stored nothing: there is nothing to look for.
  await events.insert(rows.take(), never);
}

/** The tenants that the calling apps belong to, by app. */
async function homeTenants(
  services: AccessLogServices,
  calls: readonly ApiCall[],
): Promise<ReadonlyMap<string, TenantId>> {
  const homes = new Map<string, TenantId>();
  for (const { caller } of calls) {
    const appId = caller?.credential.kind === 'bearer' ? caller.credential.appId : undefined;
    if (appId === undefined || homes.has(appId)) continue;
    const client = await loadClient(services, appId, null);
    if (client) homes.set(appId, client.homeTenant.id);
  }
  return homes;
}

const callerTypes = { user: 'User', agent: 'Agent', application: 'Application', operator: 'Operator' } as const;
const credentialTypes = {
  'api-token': 'ApiToken',
  'agent-token': 'AgentToken',
  bearer: 'AccessToken',
  session: 'Session',
  local: 'Local',
} as const;

type Texts = Readonly<Record<string, string | undefined>>;

class CallRows {
  readonly #writer: RowWriter;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #words: TimeWords = { low: 0, high: 0 };
  readonly #ingestedAt: number;

  constructor(ingestedAt: number) {
    const table = storedTable('ApiAccessEvents');
    if (!table) throw new Error('There is no table of API calls.');
    const stored = eventTableOf(table);
    this.#writer = new RowWriter(stored);
    this.#columns = new Map(stored.columns.map(({ name }, index) => [name, index]));
    this.#ingestedAt = ingestedAt;
  }

  take() {
    return this.#writer.take();
  }

  add(call: ApiCall, homes: ReadonlyMap<string, TenantId>): void {
    const { origin, correlationId } = call;
    this.#begin(call.tenantId, call.at - call.durationMs);
    this.#writer.set(this.#column('ResponseStatusCode'), call.status);
    this.#writer.set(this.#column('RequestDuration'), Math.min(Math.round(call.durationMs), 2 ** 31 - 1));
    this.#end({
      ActionType: call.refusal ? 'ApiCallRefused' : 'ApiCall',
      Surface: call.surface,
      RequestMethod: call.method,
      RequestPath: call.path.slice(0, pathLengthMax),
      IPAddress: origin.address,
      UserAgent: origin.userAgent,
      CorrelationId: correlationId,
      ReportId: correlationId,
      ...(call.caller ? callerTexts(call.caller, homes) : refusedTexts(call)),
    });
  }

  addMissed({ tenantId, count }: MissedCalls, at: number): void {
    this.#begin(tenantId, at);
    this.#end({ ActionType: 'ApiCallsNotRecorded', AdditionalFields: JSON.stringify({ Count: count }) });
  }

  #begin(tenantId: TenantId, at: number): void {
    const writer = this.#writer;
    writer.set(this.#column(storedColumns.tenant), tenantId);
    this.#setTime(storedColumns.ingested, this.#ingestedAt);
    this.#setTime('Timestamp', at);
  }

  #setTime(column: string, epochMs: number): void {
    setEpochMs(this.#words, epochMs);
    this.#writer.setLong(this.#column(column), this.#words.low, this.#words.high);
  }

  #end(texts: Texts): void {
    for (const name in texts) {
      const text = texts[name];
      if (text !== undefined && text !== '') this.#writer.setText(this.#column(name), text);
    }
    this.#writer.endRow();
  }

  #column(name: string): number {
    const index = this.#columns.get(name);
    if (index === undefined) throw new RangeError(`The table of API calls has no column ${name}.`);
    return index;
  }
}

function callerTexts(
  { subject, credential }: NonNullable<ApiCall['caller']>,
  homes: ReadonlyMap<string, TenantId>,
): Texts {
  return {
    CallerType: callerTypes[subject.kind],
    CredentialType: credentialTypes[credential.kind],
    CredentialId: credentialId(credential),
    ...(subject.kind === 'user' ? { AccountObjectId: subject.userId, AccountUpn: subject.userName } : {}),
    ...(credential.kind === 'bearer'
      ? {
          ApplicationId: credential.appId,
          Application: credential.appName,
          ApplicationTenantId: homes.get(credential.appId),
        }
      : {}),
  };
}

/** Names a credential, as lists and the audit do, and never is one. */
function credentialId(credential: NonNullable<ApiCall['caller']>['credential']): string {
  switch (credential.kind) {
    case 'api-token':
    case 'bearer':
      return credential.tokenId;
    case 'agent-token':
      return credential.agentId;
    case 'session':
      return credential.sessionId;
    case 'local':
      return credential.name;
  }
}

/** What is known of a credential that did not make a caller. */
function refusedTexts({ refusal }: ApiCall): Texts {
  return {
    CallerType: refusal?.agent ? callerTypes.agent : refusal?.userId ? callerTypes.user : undefined,
    CredentialId: refusal?.target ?? undefined,
    AccountObjectId: refusal?.userId ?? undefined,
  };
}
