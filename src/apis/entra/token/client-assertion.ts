// Client assertions signed with a registered certificate (RFC 7523 section 2.2), as tolerant as the clients that are in
// use need it (Entra protocol reference 2.4) and no more (RFC 8725): two algorithms, keys from the registration only.
import { constants, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { ClientCertificate, ClientView } from '../../../applications/lookup.ts';
import { claimOnce } from '../../../authorizations/used-proofs.ts';
import { dayMs, minuteMs, secondMs } from '../../../lib/clock.ts';
import { Recent } from '../../../lib/recent.ts';
import { genericUrl } from '../../../listening/names.ts';
import { type DecodedToken, decodeToken } from '../../../signing/decode.ts';
import type { AadstsCode, EntraError } from '../errors.ts';
import type { Authenticated } from './client-authentication.ts';
import { refuse, type TokenRequest } from './token-request.ts';

/** The client's clock may be off by so much. */
const skewMs = 5 * minuteMs;
/** An assertion is remembered until it ends, so it may not live for ever. Clients send 1 to 10 minutes. */
const lifetimeMsMax = dayMs;

/** Checks an assertion of this client and uses it up. Throws AADSTS700027, 700021, 700023, 700024 or 50012. */
export async function verifyAssertion(
  request: TokenRequest,
  client: ClientView,
  assertion: string,
): Promise<Authenticated> {
  const fail = (code: AadstsCode, reason: string, values: Readonly<Record<string, string>> = {}): EntraError =>
    refuse(
      code,
      { reason, ...values },
      {
        code: 'client-credential-invalid',
        check: code === 700023 ? 'audience' : 'signature',
        detail: reason,
        remedy: 'Sign a fresh assertion with the private key of a certificate that is registered for the application.',
        tenantId: client.servicePrincipal?.tenantId ?? null,
        appId: client.application.appId,
      },
    );
  const decoded = decodeToken(assertion, request.services.config.jwtBytesMax);
  if ('problem' in decoded) throw fail(50012, `The assertion cannot be read: ${decoded.problem}.`);
  const certificate = findCertificate(client.certificates, decoded.header);
  if (!certificate) throw fail(700027, 'No registered certificate has the thumbprint or key id of the assertion.');
  const now = request.services.clock();
  if (certificate.startsAt > now || certificate.endsAt <= now) {
    throw fail(700027, 'The registered certificate of the assertion is not within its time.');
  }
  if (!isSignedBy(decoded, certificate)) throw fail(700027, 'The signature does not fit the registered certificate.');
  checkClaims(request, client, decoded, now, fail);
  const { jti, exp } = decoded.claims;
  const isFirst = await claimOnce(request.services, {
    kind: 'client-assertion',
    issuer: client.application.appId,
    // Without an id of its own, the assertion itself is what may come once.
    id: typeof jti === 'string' ? jti : decoded.signed,
    expiresAt: Number(exp) * secondMs + skewMs,
  });
  if (!isFirst) throw fail(50012, 'The assertion was used before; each may be used once.');
  return { method: 'certificate', credentialId: certificate.id };
}

type Header = DecodedToken['header'];
type KnownCertificate = Pick<ClientCertificate, 'id' | 'thumbprintSha1' | 'thumbprintSha256'>;

/** By `x5t#S256`, `x5t` (padded by some clients) or `kid`, which may hold a thumbprint or the key's own id. */
export function findCertificate<Kind extends KnownCertificate>(
  among: readonly Kind[],
  header: Header,
): Kind | undefined {
  const sha256 = unpadded(header['x5t#S256']);
  if (sha256 !== undefined) return among.find((each) => each.thumbprintSha256 === sha256);
  const sha1 = unpadded(header.x5t);
  if (sha1 !== undefined) return among.find((each) => each.thumbprintSha1 === sha1);
  const kid = unpadded(header.kid);
  if (kid === undefined) return undefined;
  return among.find(
    (each) =>
      each.id === kid ||
      each.thumbprintSha256 === kid ||
      each.thumbprintSha1 === kid ||
      Buffer.from(each.thumbprintSha1, 'base64url').toString('hex') === kid.toLowerCase(),
  );
}

function unpadded(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replace(/=+$/, '') : undefined;
}

const publicKeys = new Recent<string, KeyObject>(2000);

function publicKeyOf(certificate: Pick<ClientCertificate, 'certificate'>): KeyObject {
  let key = publicKeys.get(certificate.certificate);
  if (!key) {
    key = new X509Certificate(Buffer.from(certificate.certificate, 'base64')).publicKey;
    publicKeys.set(certificate.certificate, key);
  }
  return key;
}

/** RS256 and PS256 (RFC 7518 sections 3.3 and 3.5), of RSA keys; `none`, HMAC and everything else are no signature. */
export function isSignedBy(
  { header, signed, signature }: DecodedToken,
  certificate: Pick<ClientCertificate, 'certificate'>,
): boolean {
  if (header.crit !== undefined || (header.alg !== 'RS256' && header.alg !== 'PS256')) return false;
  const key = publicKeyOf(certificate);
  if (key.asymmetricKeyType !== 'rsa') return false;
  const data = Buffer.from(signed, 'latin1');
  if (header.alg === 'RS256') return verify('sha256', data, key, signature);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return verify('sha256', data, { key, ...padding }, signature);
}

function checkClaims(
  request: TokenRequest,
  client: ClientView,
  { claims }: DecodedToken,
  now: number,
  fail: (code: AadstsCode, reason: string, values?: Readonly<Record<string, string>>) => EntraError,
): void {
  const { appId } = client.application;
  if (!isClient(claims.iss, appId) || !isClient(claims.sub, appId)) {
    throw fail(700021, 'The assertion is of another client.');
  }
  const wanted = audiencesOf(request);
  const given = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!given.some((each) => typeof each === 'string' && wanted.has(each))) {
    const [audience = ''] = wanted;
    throw fail(700023, 'The audience of the assertion is not this endpoint or its issuer.', { audience });
  }
  // Times may have fractions: some clients send what their clock gives.
  const { exp, nbf, iat } = claims;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw fail(700024, "The assertion has no 'exp'.");
  if (exp * secondMs <= now - skewMs) throw fail(700024, 'The assertion has expired.');
  if (exp * secondMs > now + lifetimeMsMax) throw fail(700024, 'The assertion is valid for more than a day.');
  for (const time of [nbf, iat]) {
    if (time === undefined) continue;
    if (typeof time !== 'number' || time * secondMs > now + skewMs) {
      throw fail(700024, 'The assertion is not valid yet.');
    }
  }
}

function isClient(claim: unknown, appId: string): boolean {
  return typeof claim === 'string' && claim.toLowerCase() === appId;
}

/**
 * Issuer and token endpoint of both versions, with the tenant's id or the name that the path used, and the very URL that
 * was called (RFC 7523 section 3, RFC 9126 section 2). The first is the one that a refusal recommends.
 */
function audiencesOf({ origin, services, segment, http }: TokenRequest): Set<string> {
  const names = segment.kind === 'tenant' ? [...new Set([segment.tenant.id, segment.text])] : [segment.text];
  const tails = ['oauth2/v2.0/token', 'oauth2/token', 'v2.0', '', 'v2.0/'];
  const audiences = new Set<string>();
  for (const base of new Set([origin, genericUrl(services.names)])) {
    for (const name of names) for (const tail of tails) audiences.add(`${base}/${name}/${tail}`);
    for (const name of names) audiences.add(`${base}/${name}`);
    audiences.add(`${base}${http.url.replace(/\?.*$/, '')}`);
  }
  return audiences;
}
