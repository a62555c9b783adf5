// How a client proves that it is the app that it says: a secret in the form or by HTTP Basic, a signed assertion, or
// nothing, where the app is public (RFC 6749 section 2.3, RFC 7521, RFC 7523).

import type { ClientView } from '../../../applications/lookup.ts';
import { checkSecret } from '../../../applications/secrets.ts';
import { decodeToken } from '../../../signing/decode.ts';
import type { ClientAuth } from '../../../signing/mint.ts';
import { arrivalOf } from '../../arrival.ts';
import { EntraError, entraError } from '../errors.ts';
import { decodePart } from '../forms.ts';
import { verifyAssertion } from './client-assertion.ts';
import { refuse, type TokenRequest } from './token-request.ts';

/** The credential that a request carries; nothing of it is checked yet. */
export type Presented =
  | { readonly kind: 'none'; readonly appId: string | undefined }
  | { readonly kind: 'secret'; readonly appId: string | undefined; readonly secret: string }
  | { readonly kind: 'assertion'; readonly appId: string | undefined; readonly assertion: string };

export interface Authenticated {
  readonly method: ClientAuth;
  /** Id of the secret or certificate; null for public clients. */
  readonly credentialId: string | null;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Reads the one credential of a request. Two at once are refused (RFC 6749 section 2.3). */
export function readCredential({ form, http, services }: TokenRequest): Presented {
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  const basic = readBasic(http.headers.authorization);
  const given = [secret, assertion, basic].filter((each) => each !== undefined);
  // A secret in a page is everybody's: no page sends one (Entra protocol reference 2.5).
  if (given.length > 0 && http.headers.origin !== undefined) throw entraError(9002326);
  if (given.length > 1) throw entraError(9002313, { reason: 'it authenticates the client in more than one way.' });
  const named = form.get('client_id')?.toLowerCase();
  if (basic) {
    if (named !== undefined && named !== basic.appId)
      throw entraError(9002313, { reason: "'client_id' and the Authorization header name different clients." });
    // An empty password is how some clients send that they have none (RFC 6749 section 2.3.1).
    return basic.secret === '' ? { kind: 'none', appId: basic.appId } : { kind: 'secret', ...basic };
  }
  if (assertion !== undefined) {
    if (form.get('client_assertion_type') !== assertionType)
      throw entraError(900144, { name: 'client_assertion_type' });
    return { kind: 'assertion', appId: named ?? subjectOf(assertion, services.config.jwtBytesMax), assertion };
  }
  return secret === undefined ? { kind: 'none', appId: named } : { kind: 'secret', appId: named, secret };
}

/** Who is meant, where only the assertion says it (RFC 7521 section 4.2); whether it is true is checked later. */
function subjectOf(assertion: string, bytesMax: number): string | undefined {
  const decoded = decodeToken(assertion, bytesMax);
  return 'claims' in decoded && typeof decoded.claims.sub === 'string' ? decoded.claims.sub.toLowerCase() : undefined;
}

/** Both halves are form-encoded before they are joined, down to `%2D` for a hyphen (RFC 6749 section 2.3.1). */
function readBasic(header: string | undefined): { appId: string; secret: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw entraError(9002313, { reason: 'the Authorization header holds no client id and secret.' });
  return { appId: decodePart(text.slice(0, colon)).toLowerCase(), secret: decodePart(text.slice(colon + 1)) };
}

/** The client id of the request; AADSTS900144 when nothing names one. */
export function requireAppId(presented: Presented): string {
  if (presented.appId === undefined) throw entraError(900144, { name: 'client_id' });
  return presented.appId;
}

/**
 * Checks a presented secret or assertion against what is registered. `none` gives a public client: whether that will do
 * is the grant's to say. Wrong ones are counted by app and address.
 */
export async function authenticate(
  request: TokenRequest,
  client: ClientView,
  presented: Presented,
): Promise<Authenticated> {
  if (presented.kind === 'none') return { method: 'public', credentialId: null };
  const { appId } = client.application;
  const { address } = arrivalOf(request.http).origin;
  refuseLockedOut(request, client, address);
  try {
    return presented.kind === 'secret'
      ? authenticateBySecret(request, client, presented.secret)
      : await verifyAssertion(request, client, presented.assertion);
  } catch (error) {
    // Who sends an expired secret has known it: that is no guess.
    const isExpired = error instanceof EntraError && error.code === 7000222;
    if (!isExpired) request.services.clientFailures.note(appId, address);
    throw error;
  }
}

function refuseLockedOut(request: TokenRequest, client: ClientView, address: string): void {
  const { appId } = client.application;
  const seconds = request.services.clientFailures.waitSeconds(appId, address);
  if (seconds === 0) return;
  throw refuse(
    90055,
    { seconds: String(seconds) },
    {
      code: 'locked-out',
      check: 'lock-out',
      detail: 'Too many wrong credentials of this application came from this address.',
      remedy: 'Wait until the lock-out is over, and find out which program there sends the wrong credential.',
      tenantId: client.servicePrincipal?.tenantId ?? null,
      appId,
      retryAfterSeconds: seconds,
    },
  );
}

function authenticateBySecret(request: TokenRequest, client: ClientView, value: string): Authenticated {
  const checked = checkSecret(client.secrets, value, request.services.clock());
  if (checked.kind === 'valid') return { method: 'secret', credentialId: checked.id };
  const tenantId = client.servicePrincipal?.tenantId ?? null;
  const { appId } = client.application;
  if (checked.kind === 'expired') {
    throw refuse(
      7000222,
      {},
      {
        code: 'client-credential-expired',
        check: 'expired',
        detail: `The secret with the id ${checked.id} has expired.`,
        remedy: 'Add a new secret to the application and use that.',
        tenantId,
        appId,
      },
    );
  }
  throw refuse(
    7000215,
    {},
    {
      code: 'client-credential-invalid',
      check: 'credential-known',
      detail: 'The secret is none of those of the application.',
      remedy: "Send the secret's value, which was shown once when it was made; add a new one if it is lost.",
      tenantId,
      appId,
    },
  );
}

/** A client that has a credential, or is not public, must show it (AADSTS7000218). */
export function credentialNeeded({ application: { appId }, servicePrincipal }: ClientView) {
  return refuse(
    7000218,
    {},
    {
      code: 'client-credential-invalid',
      check: 'credential-present',
      detail: 'The request carries neither a secret nor an assertion, and the application is no public client.',
      remedy: 'Send a credential, or let the application allow public client flows.',
      tenantId: servicePrincipal?.tenantId ?? null,
      appId,
    },
  );
}
