// Pushed authorization requests (RFC 9126): the client hands us the parameters itself and sends the browser with a name
// for them, so that nobody on the way can change them.
import type { Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import type { AppId } from '../lib/ids.ts';
import { randomBase62, sha256Hex } from '../lib/secrets.ts';
import * as store from './passing-store.ts';

const uriPrefix = 'urn:ietf:params:oauth:request_uri:';
const randomLength = 43;
/** As long as a browser needs to arrive (RFC 9126 section 2.2 has 60 in its example). */
export const pushedRequestSeconds = 60;

/** Keeps the parameters and gives the `request_uri` that stands for them, once. */
export async function pushRequest(
  services: Pick<Services, 'store' | 'clock'>,
  appId: AppId,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const random = randomBase62(randomLength);
  await store.insertPushedRequest(services.store.db, {
    hash: sha256Hex(random),
    appId,
    body: JSON.stringify(parameters),
    expiresAt: services.clock() + pushedRequestSeconds * secondMs,
  });
  return uriPrefix + random;
}

/** The parameters behind a `request_uri` of this client; undefined when it is another's, used or over. */
export async function takePushedRequest(
  services: Pick<Services, 'store' | 'clock'>,
  appId: AppId,
  requestUri: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (!requestUri.startsWith(uriPrefix)) return undefined;
  const hash = sha256Hex(requestUri.slice(uriPrefix.length));
  const row = await services.store.transaction((trx) => store.takePushedRequest(trx, hash, appId, services.clock()));
  return row && (JSON.parse(row.body) as Record<string, string>); // pushRequest wrote it.
}
