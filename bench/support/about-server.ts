// One of the two servers that bench/about.ts compares, in a process of its own: `product` is the whole program with an
// API token, `bare` is Fastify with one route that sends the bytes it is given.
import fastify from 'fastify';
import { systemClock } from '../../src/lib/clock.ts';
import { makeTenant } from '../../test/support/accounts.ts';
import { freePort } from '../../test/support/postgres-server.ts';
import { makePerson, makeToken, startNode } from '../../test/support/server.ts';
import { testServices } from '../../test/support/services.ts';

/** What the process tells its parent when it listens. */
export interface Listening {
  readonly port: number;
  /** Value of an API token; empty for the bare server. */
  readonly token: string;
}

/** What the bare server sends: the header fields and the body of the product's own answer. */
export interface AboutAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Started extends Listening {
  stop(): Promise<void>;
}

const [kind, answer = ''] = process.argv.slice(2);
const { port, token, stop } = kind === 'bare' ? await startBare(answer) : await startProduct();
// The parent ends us by closing the channel.
process.on('disconnect', () => void stop().then(() => process.exit(0)));
process.send?.({ port, token } satisfies Listening);

async function startProduct(): Promise<Started> {
  const free = await freePort();
  const base = await testServices({ settings: { port: free, tenantRequestsPerMinute: 1_000_000 } });
  const services = { ...base, clock: systemClock };
  const node = await startNode(services, free);
  const server = { ...node, services };
  const person = await makePerson(server, await makeTenant(services), 'security-reader');
  const made = await makeToken(server, person);
  const stopAll = async () => {
    await node.stop();
    await base.dispose();
  };
  return { port: free, token: made.value, stop: stopAll };
}

async function startBare(answer: string): Promise<Started> {
  const { headers, body } = JSON.parse(answer) as AboutAnswer; // Written by bench/about.ts.
  const app = fastify();
  app.get('/management/v1/about', (_request, reply) => reply.headers(headers).send(body));
  const free = await freePort();
  await app.listen({ host: '127.0.0.1', port: free });
  return { port: free, token: '', stop: () => app.close() };
}
