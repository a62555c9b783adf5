// A server with a worker that delivers and a receiver that it delivers to, for tests of webhooks.
import assert from 'node:assert/strict';
import type { Tenant } from '../../src/directory/tenants.ts';
import { type Delivering, startDelivering } from '../../src/notifications/worker.ts';
import { makeTenant } from './accounts.ts';
import { raise, sampleDraft } from './alerts.ts';
import { type HookReceiver, type Received, startHookReceiver } from './receivers.ts';
import { type Answer, makePerson, type Person, signIn, startTestServer, type TestServer } from './server.ts';

export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  readonly owner: string | null;
  readonly lastSuccessAt: string | null;
  readonly lastFailure: string | null;
  readonly failingSince: string | null;
}

export interface Minted {
  readonly webhook: Webhook;
  readonly secret: string;
}

export interface DeadLetters {
  readonly items: readonly { id: string; target: string; attempts: number; reason: string; type: string }[];
  readonly total: number;
}

export interface WebhookTests {
  readonly server: TestServer;
  readonly receiver: HookReceiver;
  /** The worker; a test that stops it puts another one in its place. */
  delivering: Delivering;
  /** A global administrator of a tenant of its own. */
  newBoss(): Promise<Person>;
  /** The same person with a session that has just begun. */
  again(person: Person): Promise<Person>;
  call(as: Person, method: string, path: string, body?: unknown): Promise<Answer>;
  add(as: Person, fields?: Readonly<Record<string, unknown>>): Promise<Minted>;
  show(as: Person, id: string): Promise<Webhook>;
  raiseOne(tenant: Tenant, number: number, changes?: Parameters<typeof sampleDraft>[1]): ReturnType<typeof raise>;
  /** What the receiver got for the person's tenant. */
  got(as: Person): readonly Received[];
  dispose(): Promise<void>;
}

export async function openWebhookTests(): Promise<WebhookTests> {
  const server = await startTestServer({
    settings: {
      webhookLoopbackHttp: true,
      webhooksPerTenantMax: 3,
      webhookSecondsMax: 2,
      webhookFailingDays: 10,
      sessionIdleSecondsMax: 604_800,
      sessionTtlSeconds: 2_592_000,
    },
  });
  const receiver = await startHookReceiver();
  let made = 0;
  const call: WebhookTests['call'] = (as, method, path, body) =>
    server.request(`/management/v1${path}`, { session: as.session, method, ...(body === undefined ? {} : { body }) });
  const tests: WebhookTests = {
    server,
    receiver,
    delivering: startDelivering(server.services),
    newBoss: async () => await makePerson(server, await makeTenant(server.services), 'global-administrator'),
    again: async (person) => ({ ...person, session: await signIn(server, person.user) }),
    call,
    async add(as, fields = {}) {
      const body = { name: `hook ${++made}`, url: receiver.url, events: ['alert.created'], ...fields };
      const answer = await call(as, 'POST', '/webhooks', body);
      assert.equal(answer.status, 201, answer.text);
      return answer.json<Minted>();
    },
    show: async (as, id) => (await call(as, 'GET', `/webhooks/${id}`)).json<Webhook>(),
    raiseOne: (tenant, number, changes) => raise(server.services, tenant.id, [sampleDraft(number, changes)]),
    got: (as) => receiver.received.filter(({ body }) => body.tenantId === as.tenant.id),
    async dispose() {
      await tests.delivering.stop();
      await receiver.close();
      await server.dispose();
    },
  };
  return tests;
}
