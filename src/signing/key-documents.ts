// The JWKS documents of both endpoint versions, byte for byte in the shape that clients know (reference 1.4).
import type { PublicSigningKey } from './signing-keys.ts';

export interface PublishedJwk {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly kid: string;
  readonly x5t: string;
  readonly n: string;
  readonly e: string;
  readonly x5c: readonly string[];
  /** v2 only: which issuer the key signs for, with `{tenantid}` to be replaced by the token's `tid`. */
  readonly issuer?: string;
}

export interface KeyDocument {
  readonly keys: readonly PublishedJwk[];
}

/** `/{t}/discovery/keys`: no `alg`, no `issuer`. */
export function keyDocumentV1(keys: readonly PublicSigningKey[]): KeyDocument {
  return { keys: keys.map(toJwk) };
}

/** `/{t}/discovery/v2.0/keys`: each key names the issuer that it signs for, on the origin that was asked. */
export function keyDocumentV2(keys: readonly PublicSigningKey[], origin: string): KeyDocument {
  return { keys: keys.map((key) => ({ ...toJwk(key), issuer: `${origin}/{tenantid}/v2.0` })) };
}

function toJwk({ id, certificate, publicKey }: PublicSigningKey): PublishedJwk {
  const { n, e } = publicKey.export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new Error(`Signing key ${id} is no RSA key.`);
  return { kty: 'RSA', use: 'sig', kid: id, x5t: id, n, e, x5c: [certificate] };
}
