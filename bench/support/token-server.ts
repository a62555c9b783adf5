// One of the two token endpoints that the client-credentials benches ask, in a process of its own: `product` is the whole
// program over plain HTTP with SQLite, `provider` is node-oidc-provider with its adapter in memory. Both give RS256 JWTs
// with a key of 2048 bits to one client that shows a secret in the form.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { systemClock } from '../../src/lib/clock.ts';
import { clientCredentials, makeApp } from '../../test/support/entra.ts';
import { freePort } from '../../test/support/postgres-server.ts';
import { startNode } from '../../test/support/server.ts';
import { testServices } from '../../test/support/services.ts';

/** What the process tells its parent when it listens: where, and the form to send there. */
export interface TokenEndpoint {
  readonly url: string;
  readonly form: string;
}

interface Started extends TokenEndpoint {
  stop(): Promise<void>;
}

const resource = 'https://api.example';
const scope = 'incidents.read';

const start = { product: startProduct, provider: startProvider };
const [kind = ''] = process.argv.slice(2);
if (kind !== 'product' && kind !== 'provider') throw new Error(`There is no server "${kind}".`);
const { url, form, stop } = await start[kind]();
// The parent ends us by closing the channel.
process.on('disconnect', () => void stop().then(() => process.exit(0)));
process.send?.({ url, form } satisfies TokenEndpoint);

async function startProduct(): Promise<Started> {
  const port = await freePort();
  const base = await testServices({ settings: { port } });
  const services = { ...base, clock: systemClock };
  const node = await startNode(services, port);
  const registered = await makeApp({ services });
  return {
    url: `http://localhost:${port}/${registered.tenant.id}/oauth2/v2.0/token`,
    form: new URLSearchParams(clientCredentials(registered) as Record<string, string>).toString(), // None is undefined.
    async stop() {
      await node.stop();
      await base.dispose();
    },
  };
}

async function startProvider(): Promise<Started> {
  const port = await freePort();
  const secret = randomBytes(30).toString('base64url');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const resourceServer = {
    scope,
    audience: resource,
    accessTokenTTL: 3600,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [
      {
        client_id: 'connector',
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => resourceServer },
    },
    ttl: { ClientCredentials: 3600 },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'first' }] },
  });
  const server = createServer(provider.callback());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const parameters = {
    grant_type: 'client_credentials',
    client_id: 'connector',
    client_secret: secret,
    resource,
    scope,
  };
  return {
    url: `http://localhost:${port}/token`,
    form: new URLSearchParams(parameters).toString(),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
