// Proofs that work once: client assertions (RFC 7523 section 3, `jti`), the state of a sign-in at a tenant's own provider.
// Seen in one process, they are seen in all.
import type { Services } from '../context.ts';
import { sha256Hex } from '../lib/secrets.ts';
import * as store from './passing-store.ts';

export interface Proof {
  readonly kind: 'client-assertion' | 'external-sign-in';
  /** Whose proof it is: two clients may choose the same id. */
  readonly issuer: string;
  readonly id: string;
  /** Epoch milliseconds. Until then it is remembered; afterwards it is refused as expired anyway. */
  readonly expiresAt: number;
}

/** True for the first use of a proof. */
export async function claimOnce(services: Pick<Services, 'store'>, proof: Proof): Promise<boolean> {
  const key = sha256Hex(JSON.stringify([proof.kind, proof.issuer, proof.id]));
  return await store.insertProof(services.store.db, key, Math.ceil(proof.expiresAt));
}
