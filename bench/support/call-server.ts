// One of the two servers that against-bare.ts compares, in a process of its own: the whole program with a credential, or
// `bare`, Fastify with one route that sends the bytes it is given.
import fastify from 'fastify';
import type { Services } from '../../src/context.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeTenant } from '../../test/support/accounts.ts';
import { appToken, makeStory } from '../../test/support/bearers.ts';
import { graphUri } from '../../test/support/graph.ts';
import { freePort } from '../../test/support/postgres-server.ts';
import { makePerson, makeToken, startNode, type TestNode } from '../../test/support/server.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';

export type ServerKind = 'api-token' | 'graph-bearer' | 'bare';

/** What the process tells its parent when it listens. */
export interface Listening {
  readonly port: number;
  /** Value of the Authorization header; empty for the bare server. */
  readonly authorization: string;
}

/** What the bare server sends: the header fields and the body of the product's own answer. */
export interface BareAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Started extends Listening {
  stop(): Promise<void>;
}

type Credential = (services: TestServices, node: TestNode) => Promise<string>;

const credentials: Readonly<Record<Exclude<ServerKind, 'bare'>, Credential>> = {
  async 'api-token'(services, node) {
    const person = await makePerson({ ...node, services }, await makeTenant(services), 'security-reader');
    return `Token ${(await makeToken(node, person)).value}`;
  },
  async 'graph-bearer'(services) {
    const roles = ['RoleManagement.Read.Directory'];
    const story = await makeStory(services, [{ resource: graphUri, roles, scopes: [] }]);
    const app = { servicePrincipalId: story.principalId, roles };
    return `Bearer ${await appToken(services, story, { audience: graphUri, app })}`;
  },
};

const [kind = '', path = '', answer = ''] = process.argv.slice(2);
const { port, authorization, stop } = await start();
// The parent ends us by closing the channel.
process.on('disconnect', () => void stop().then(() => process.exit(0)));
process.send?.({ port, authorization } satisfies Listening);

async function start(): Promise<Started> {
  if (kind === 'bare') return await startBare();
  if (kind === 'api-token' || kind === 'graph-bearer') return await startProduct(credentials[kind]);
  throw new Error(`There is no server "${kind}".`);
}

async function startProduct(makeCredential: Credential): Promise<Started> {
  const free = await freePort();
  const many = 1_000_000;
  const base = await testServices({
    settings: { port: free, tenantRequestsPerMinute: many, appRequestsPerMinute: many },
  });
  const services = { ...base, clock: systemClock } satisfies Services;
  const node = await startNode(services, free);
  const stopAll = async () => {
    await node.stop();
    await base.dispose();
  };
  return { port: free, authorization: await makeCredential(services, node), stop: stopAll };
}

async function startBare(): Promise<Started> {
  const { headers, body } = JSON.parse(answer) as BareAnswer; // Written by against-bare.ts.
  const app = fastify();
  app.get(path, (_request, reply) => reply.headers(headers).send(body));
  const free = await freePort();
  await app.listen({ host: '127.0.0.1', port: free });
  return { port: free, authorization: '', stop: () => app.close() };
}
