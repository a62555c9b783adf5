// Whose account a person at the provider has here: linked before, linked now, or made now. All of it inside the change of
// the sign-in.
import type { Check, ExternalSignInProblem, Refusal } from '../../access/refusal.ts';
import { type AuditEntry, recordAuditAs } from '../../audit/audit.ts';
import type { Services } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import type { UserId } from '../../lib/ids.ts';
import { type Credentials, findCredentials, findCredentialsByName } from '../credentials-store.ts';
import { listDomainNames } from '../tenants.ts';
import { addUser } from '../users.ts';
import type { ExternalPerson } from './identity.ts';
import type { Acting } from './mapped-roles.ts';
import { externalRefusal, provenAt } from './refusals.ts';
import type { Provider } from './setting.ts';
import * as store from './store.ts';

/** The account with what is needed to sign in. Throws a Refusal; Conflict when the tenant is full. */
export async function findOrMakeAccount(
  services: Services,
  trx: Trx,
  who: Omit<Acting, 'actor'>,
  provider: Provider,
  person: ExternalPerson,
): Promise<Credentials> {
  const now = services.clock();
  const { tenantId } = provider;
  const linked = await store.findIdentity(trx, tenantId, person.issuer, person.subject);
  if (linked) {
    const user = await findCredentials(trx, tenantId, linked.userId);
    if (!user) throw new Error('A link names a user that was never there.');
    requireEnabled(provider, user);
    await requireAllowedDomain(trx, provider, user.userName.slice(user.userName.lastIndexOf('@') + 1), user.id);
    await store.touchIdentity(trx, linked, now);
    return user;
  }
  const { userName, domain } = person;
  if (userName === undefined || domain === undefined) {
    const detail = `The claim ${provider.rules.claims.userName} holds no name that could be a user name here.`;
    throw refused(
      provider,
      'external-claims',
      detail,
      'Name the claim that holds name@domain, and let the provider send it.',
    );
  }
  await requireAllowedDomain(trx, provider, domain);
  const present = await findCredentialsByName(trx, tenantId, userName);
  const user = present
    ? await linkable(trx, provider, person, present)
    : await make(services, trx, provider, person, userName);
  const origin = present ? 'linked' : 'created';
  const { issuer, subject } = person;
  await store.insertIdentity(trx, {
    tenantId,
    issuer,
    subject,
    userId: user.id,
    origin,
    linkedAt: now,
    lastSignInAt: now,
  });
  const entry: AuditEntry = {
    action: present ? 'external-sign-in.link' : 'user.create',
    target: { kind: 'user', id: user.id, name: user.userName },
    details: { issuer, subject, provider: provider.displayName },
  };
  const actor = { kind: 'user' as const, id: user.id, name: user.userName };
  await recordAuditAs(services, trx, tenantId, { ...who, actor }, entry);
  return user;
}

/** An account that is there, if the person at the provider may have it; a link to another provider gives way. */
async function linkable(trx: Trx, provider: Provider, person: ExternalPerson, user: Credentials): Promise<Credentials> {
  if (!provider.rules.linksUsers) {
    const detail = `There is an account ${user.userName}, and accounts that are there are not linked.`;
    throw refused(
      provider,
      'external-not-linked',
      detail,
      'Allow linking (--link-users yes), or let the person use the password.',
    );
  }
  requireProvenName(provider, person);
  const other = await store.findIdentityOfUser(trx, provider.tenantId, user.id);
  if (other?.issuer === person.issuer) {
    const detail = `The account ${user.userName} is linked to somebody else at the provider, who had this name before.`;
    const remedy = 'If this is the same person, take the old link away: "sallyport external-sign-in unlink USER".';
    throw refused(provider, 'external-not-linked', detail, remedy);
  }
  requireEnabled(provider, user);
  if (other) await store.deleteIdentityOfUser(trx, provider.tenantId, user.id);
  return user;
}

async function make(
  services: Services,
  trx: Trx,
  provider: Provider,
  person: ExternalPerson,
  userName: string,
): Promise<Credentials> {
  if (!provider.rules.createsUsers) {
    const detail = `There is no account ${userName}, and none is made at the first sign-in.`;
    throw refused(
      provider,
      'external-unknown',
      detail,
      'Create the user, or allow it for everybody (--create-users yes).',
    );
  }
  requireProvenName(provider, person);
  const displayName = person.displayName ?? userName;
  return await addUser(services, trx, provider.tenantId, {
    userName,
    displayName,
    passwordHash: null,
    mustChangePassword: false,
  });
}

function requireProvenName(provider: Provider, person: ExternalPerson): void {
  if (person.isNameProven) return;
  const detail = `The provider says neither that the address ${person.userName} is verified nor is its domain a trusted one.`;
  const remedy =
    'Let the provider send email and email_verified, or name the domain as trusted if only this provider gives out its names.';
  throw refused(provider, 'external-not-proven', detail, remedy);
}

function requireEnabled(provider: Provider, user: Credentials): void {
  if (user.status === 'enabled') return;
  const detail = `The account ${user.userName} is ${user.status}.`;
  throw refused(provider, 'external-disabled', detail, 'An administrator can enable or restore the account.', user.id);
}

async function requireAllowedDomain(trx: Trx, provider: Provider, domain: string, userId?: UserId): Promise<void> {
  const { allowedDomains } = provider.rules;
  const domains = await listDomainNames(trx, provider.tenantId);
  const allowed = allowedDomains.length > 0 ? domains.filter((each) => allowedDomains.includes(each)) : domains;
  if (allowed.includes(domain)) return;
  const detail = `The domain ${domain} is none that may sign in through the provider: ${allowed.join(', ')}.`;
  throw refused(
    provider,
    'external-not-allowed',
    detail,
    'Add it to the allowed domains of the external sign-in.',
    userId,
  );
}

function refused(
  provider: Provider,
  code: ExternalSignInProblem,
  detail: string,
  remedy: string,
  userId?: UserId,
): Refusal {
  const passed: Check[] = [provenAt(provider.issuer)];
  return externalRefusal(code, { tenantId: provider.tenantId, userId, detail, remedy, passed });
}
