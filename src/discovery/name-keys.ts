// Each tenant's key for hidden user names, sealed with the master key; and the way back from a hidden name, which takes a
// reason and leaves a trace (cloud-apps reference 3.5).
import { randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import { changeAs } from '../directory/present-rights.ts';
import { InvalidInput, NotFound } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { seal, unseal } from '../lib/seal.ts';
import { recordGovernance } from '../policies/governance.ts';
import { isHidden, nameCipher, nameKeyBytes } from './anonymous-names.ts';
import * as store from './name-keys-store.ts';

type KeyServices = Pick<Services, 'store' | 'keys' | 'clock'>;

const contextOf = (tenantId: TenantId): string => `discovery-names/${tenantId}`;

/** The tenant's key, made at its first need, which may be several processes' at once. Never inside a transaction. */
export async function getNameKey(services: KeyServices, tenantId: TenantId): Promise<Buffer> {
  const known = await findNameKey(services, tenantId);
  if (known) return known;
  const { store: control, keys, clock } = services;
  const sealedKey = seal(keys.sealing, randomBytes(nameKeyBytes).toString('base64'), contextOf(tenantId));
  await control.transaction(async (trx) => {
    await store.insertNameKey(trx, { tenantId, sealedKey, createdAt: clock() });
  });
  const made = await findNameKey(services, tenantId);
  if (!made) throw new Error('The key for names is gone right after it was stored.');
  return made;
}

/** The tenant's key; undefined when nothing of it was ever hidden. */
export async function findNameKey(
  { store: control, keys }: Pick<Services, 'store' | 'keys'>,
  tenantId: TenantId,
): Promise<Buffer | undefined> {
  const row = await store.findNameKey(control.db, tenantId);
  return row && Buffer.from(unseal(keys.sealing, row.sealedKey, contextOf(tenantId)), 'base64');
}

/** So much is asked of a reason, so that it says something. */
const reasonLengthMin = 10;
const reasonLengthMax = 1000;

/**
 * The user behind a hidden name. Needs Discovery.manage and a reason, which the audit and the governance log keep with who
 * asked; neither keeps the name behind. Throws InvalidInput, and NotFound for what was not hidden here.
 */
export async function resolveName(ctx: Ctx, hidden: string, reason: string): Promise<string> {
  const why = reason.trim();
  if (why.length < reasonLengthMin || why.length > reasonLengthMax || /\p{Cc}/u.test(why)) {
    throw new InvalidInput(
      'reason',
      `Say in ${reasonLengthMin} to ${reasonLengthMax} characters, on one line, why the name has to be known.`,
    );
  }
  const { caller, clock } = ctx;
  const { tenantId, subject } = caller;
  const key = isHidden(hidden) ? await findNameKey(ctx, tenantId) : undefined;
  const name = key ? nameCipher(key).reveal(hidden) : null;
  // The right is asked before it is said that there is no such name.
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    if (name === null) return;
    const target = { kind: 'discovery-user', id: hidden.toLowerCase() };
    await recordAudit(ctx, trx, { action: 'discovery-user.resolve', target, details: { reason: why } });
    const by = subject.kind === 'user' ? subject.userName : subject.name;
    await recordGovernance(trx, tenantId, {
      type: 'DiscoveryResolveUserTask',
      status: 'succeeded',
      at: clock(),
      appId: null,
      policyId: null,
      details: { target: hidden.toLowerCase(), message: `${by} asked for the user behind an anonymous name: ${why}` },
    });
  });
  if (name === null) throw new NotFound('A user behind this anonymous name');
  return name;
}
