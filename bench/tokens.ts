// A tenant with 100,000 API tokens against one with 100: the first page of the list, and authenticating tokens that no cache
// knows yet. The slower of the two ratios counts.
import { randomUUID } from 'node:crypto';
import type { Services } from '../src/context.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import type { UserRow } from '../src/directory/users-store.ts';
import { systemClock } from '../src/lib/clock.ts';
import type { TokenId } from '../src/lib/ids.ts';
import { sha256Hex } from '../src/lib/secrets.ts';
import { mintTokenValue } from '../src/tokens/format.ts';
import { makeTenant, makeUser } from '../test/support/accounts.ts';
import { makePerson, type Person, startTestServer, type TestServer } from '../test/support/server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';

export const bench: Bench = {
  name: '100,000 tokens in one tenant: first page of the list, and an authentication, time',
  against: 'the same with 100 tokens',
  atMost: 1.5,
  run,
};

/** Both tenants have as many people as 100,000 tokens need at the default of 200 each, so that only the tokens differ. */
const ownersCount = 500;
const tokensPerInsert = 500;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const rounds = smoke ? 5 : 100;
  const few = await startSide(100, log);
  const many = await startSide(smoke ? 1000 : 100_000, log);
  try {
    const list = { few: [] as number[], many: [] as number[] };
    const authentication = { few: [] as number[], many: [] as number[] };
    // The first rounds warm up; each authentication takes a token that was never used.
    for (let round = -rounds; round < rounds; round++) {
      const times = {
        list: { few: await few.timeList(), many: await many.timeList() },
        authentication: { few: await few.timeAuthentication(), many: await many.timeAuthentication() },
      };
      if (round < 0) continue;
      list.few.push(times.list.few);
      list.many.push(times.list.many);
      authentication.few.push(times.authentication.few);
      authentication.many.push(times.authentication.many);
    }
    const listRatio = median(list.many) / median(list.few);
    const authenticationRatio = median(authentication.many) / median(authentication.few);
    const detail =
      `list ${median(list.many).toFixed(2)} against ${median(list.few).toFixed(2)} ms (${listRatio.toFixed(2)}), ` +
      `authentication ${median(authentication.many).toFixed(2)} against ${median(authentication.few).toFixed(2)} ms (${authenticationRatio.toFixed(2)})`;
    return { ratio: Math.max(listRatio, authenticationRatio), detail };
  } finally {
    await few.stop();
    await many.stop();
  }
}

interface Side {
  timeList(): Promise<number>;
  timeAuthentication(): Promise<number>;
  stop(): Promise<void>;
}

/** A server whose only tenant has that many tokens. */
async function startSide(count: number, log: BenchOptions['log']): Promise<Side> {
  const unlimited = { tenantRequestsPerMinute: 1_000_000, sessionRequestsPerMinute: 1_000_000 };
  const server = await startTestServer({ settings: unlimited });
  const tenant = await makeTenant(server.services);
  const admin = await makePerson(server, tenant, 'global-administrator');
  const values = await insertTokens(server.services, tenant, count);
  log(`${count} tokens stored`);
  let next = 0;
  return {
    timeList: () => timeOf(server, '/management/v1/api-tokens?limit=50', { session: admin.session }),
    timeAuthentication: () => {
      // Evenly over all of them; where there are too few for every round, the cache is emptied by a change of the tenant.
      if (next >= values.length) next = 0;
      const token = values[next++] ?? '';
      server.services.store.invalidations.publish(tenant.id);
      return timeOf(server, '/management/v1/about', { token });
    },
    stop: () => server.dispose(),
  };
}

async function timeOf(
  server: TestServer,
  path: string,
  credential: { session: Person['session'] } | { token: string },
): Promise<number> {
  const startedAt = performance.now();
  const answer = await server.request(path, credential);
  const elapsed = performance.now() - startedAt;
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return elapsed;
}

/** Stores the tokens straight in the tables, spread over their owners; returns the values of 100 of them. */
async function insertTokens(services: Services, tenant: Tenant, count: number): Promise<string[]> {
  const owners: UserRow[] = [];
  for (let index = 0; index < ownersCount; index++) {
    owners.push(await makeUser(services, tenant, { role: 'security-reader' }));
  }
  const values: string[] = [];
  const known = Math.max(1, Math.floor(count / 100));
  const now = systemClock();
  for (let start = 0; start < count; start += tokensPerInsert) {
    const numbers = Array.from({ length: Math.min(tokensPerInsert, count - start) }, (_, index) => start + index);
    const made = numbers.map((number) => ({
      number,
      id: randomUUID() as string as TokenId,
      value: mintTokenValue('api-token'),
    }));
    for (const { number, value } of made) if (number % known === 0) values.push(value);
    await services.store.transaction(async (trx) => {
      await trx
        .insertInto('apiTokens')
        .values(made.map(({ number, id }) => tokenRow(id, tenant, owners[number % owners.length], number, now)))
        .execute();
      const valueRows = made.map(({ id, value }) => ({
        hash: sha256Hex(value),
        tenantId: tenant.id,
        tokenId: id,
        createdAt: now,
        replacedAt: null,
        validUntil: null,
      }));
      await trx.insertInto('apiTokenValues').values(valueRows).execute();
    });
  }
  return values;
}

function tokenRow(id: TokenId, tenant: Tenant, owner: UserRow | undefined, number: number, now: number) {
  if (!owner) throw new Error('There are no owners.');
  return {
    id,
    tenantId: tenant.id,
    ownerId: owner.id,
    name: `token ${number}`,
    createdAt: now - number * 1000,
    expiresAt: null,
    permissions: null,
    allowedAddresses: null,
    // A third of each status, as a tenant of some age has them.
    lastUsedAt: number % 3 === 0 ? null : now - (number % 30) * 86_400_000,
    lastUsedAddress: number % 3 === 0 ? null : '192.0.2.1',
    revokedAt: null,
    revokedBy: null,
  };
}
