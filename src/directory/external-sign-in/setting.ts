// A tenant's own OpenID Connect provider: what is set, by whom, and what changes when it does. Setting it decides who gets
// in and with which roles, so it takes the right of global administrators. The flow is in begin.ts and finish.ts.
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx, Services } from '../../context.ts';
import type { Db, Trx } from '../../db/store.ts';
import { isoTime } from '../../lib/clock.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import type { SessionId, TenantId } from '../../lib/ids.ts';
import { seal, unseal } from '../../lib/seal.ts';
import { genericUrl, type Names, tenantUrl } from '../../listening/names.ts';
import { parseText } from '../naming.ts';
import { changeAs } from '../present-rights.ts';
import { endSessions } from '../sessions.ts';
import { listDomainNames } from '../tenants.ts';
import { listUserNames } from '../users.ts';
import { removeExternalRoles, rolesOutside } from './mapped-roles.ts';
import { type ExternalRules, issuerKey, parseIssuer, parseRules, type RulesInput, reachOf } from './rules.ts';
import * as store from './store.ts';

export interface ExternalSignIn extends ExternalRules {
  readonly issuer: string;
  readonly clientId: string;
  /** On the button of the sign-in page. */
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly changedAt: string;
  /** User name; null when that user is gone. */
  readonly changedBy: string | null;
}

export interface ExternalSignInInput extends RulesInput {
  readonly issuer: string;
  readonly clientId: string;
  /** Kept when it is left out and neither issuer nor client changes. */
  readonly clientSecret?: string | undefined;
  readonly displayName: string;
  readonly isEnabled?: boolean | undefined;
}

/** What the flow works with. */
export interface Provider {
  readonly tenantId: TenantId;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly rules: ExternalRules;
  readonly revision: number;
}

/** Path of the page that the provider sends people back to. */
export const callbackPath = '/portal/sign-in/external/callback';

/**
 * Where the provider may send people back to, to be registered there. Each tenant has its own on either host, so that a
 * code for one tenant cannot be brought in for another one (RFC 9700 section 4.4.2.2).
 */
export function redirectUrisOf(names: Names, slug: string): { ownHost: string; genericHost: string } {
  return {
    ownHost: `${tenantUrl(names, slug)}${callbackPath}`,
    genericHost: `${genericUrl(names)}${callbackPath}/${slug}`,
  };
}

export async function findProvider(
  services: Pick<Services, 'keys'>,
  db: Db,
  tenantId: TenantId,
): Promise<Provider | undefined> {
  const row = await store.findSetting(db, tenantId);
  return row && toProvider(services, row);
}

function toProvider({ keys }: Pick<Services, 'keys'>, row: store.SettingRow): Provider {
  const { tenantId, issuer, clientId, displayName, revision } = row;
  return {
    tenantId,
    issuer,
    clientId,
    clientSecret: unseal(keys.sealing, row.secretSealed, sealContext(tenantId)),
    displayName,
    isEnabled: row.isEnabled === 1,
    rules: rulesOf(row),
    revision,
  };
}

function rulesOf(row: Pick<store.SettingRow, 'rules'>): ExternalRules {
  return JSON.parse(row.rules) as ExternalRules; // Written below only, after validation.
}

function sealContext(tenantId: TenantId): string {
  return `external sign-in of tenant ${tenantId}`;
}

/** The setting without its secret; null when the tenant has none. Needs SignIn.manage, as every call here does. */
export async function getExternalSignIn(ctx: Ctx): Promise<ExternalSignIn | null> {
  require(ctx.caller, 'SignIn.manage');
  const row = await store.findSetting(ctx.store.db, ctx.caller.tenantId);
  return row ? await toExternalSignIn(ctx, row) : null;
}

async function toExternalSignIn(ctx: Ctx, row: store.SettingRow): Promise<ExternalSignIn> {
  const { issuer, clientId, displayName } = row;
  const changer = row.changedBy as Parameters<typeof listUserNames>[1][number]; // Compared with ids of users, nothing more.
  const names = await listUserNames(ctx, [changer]);
  return {
    ...{ issuer, clientId, displayName, isEnabled: row.isEnabled === 1 },
    ...rulesOf(row),
    changedAt: isoTime(row.changedAt),
    changedBy: names.get(row.changedBy) ?? null,
  };
}

/**
 * Sets the tenant's provider anew; what is left out becomes its default, but the secret stays. Roles that no group gives any
 * more go at once. When it is switched off or becomes another one, those who came through it are signed out.
 */
export async function putExternalSignIn(ctx: Ctx, input: ExternalSignInInput): Promise<ExternalSignIn> {
  require(ctx.caller, 'SignIn.manage');
  const { tenantId } = ctx.caller;
  const issuer = parseIssuer(input.issuer, reachOf(ctx.config));
  const clientId = parseText('clientId', input.clientId, 300);
  const displayName = parseText('displayName', input.displayName, 60);
  const secret = input.clientSecret === undefined ? undefined : parseSecret(input.clientSecret);
  const saved = await changeAs(ctx, 'SignIn.manage', async (trx) => {
    const rules = parseRules(input, await listDomainNames(trx, tenantId));
    const before = await store.findSetting(trx, tenantId);
    const isSame =
      before !== undefined && issuerKey(before.issuer) === issuerKey(issuer) && before.clientId === clientId;
    const row: store.SettingRow = {
      ...{ tenantId, issuer, clientId, displayName },
      secretSealed:
        secret === undefined ? keptSecret(before, isSame) : seal(ctx.keys.sealing, secret, sealContext(tenantId)),
      isEnabled: input.isEnabled === false ? 0 : 1,
      rules: JSON.stringify(rules),
      revision: (before?.revision ?? 0) + 1,
      changedAt: ctx.clock(),
      changedBy: actorOf(ctx),
    };
    await store.putSetting(trx, row);
    await record(ctx, trx, 'set', row, { ...rules, secretChanged: secret !== undefined });
    await removeExternalRoles(ctx, trx, tenantId, (all) =>
      row.isEnabled === 1 && isSame ? rolesOutside(all, rules) : all,
    );
    if (before && (row.isEnabled === 0 || !isSame)) await endSessionsOf(ctx, trx, before);
    return row;
  });
  return await toExternalSignIn(ctx, saved);
}

/** Whoever could point a kept secret to a provider of their own would read it there. */
function keptSecret(before: store.SettingRow | undefined, isSame: boolean): string {
  if (before && isSame) return before.secretSealed;
  throw new InvalidInput(
    'clientSecret',
    before
      ? 'Give the client secret again: it belongs to the issuer and client that were set before.'
      : 'Give the client secret that the provider issued.',
  );
}

function parseSecret(text: string): string {
  if (/^[\x20-\x7e]{1,1000}$/.test(text)) return text;
  throw new InvalidInput('clientSecret', 'A client secret has 1 to 1000 visible ASCII characters.');
}

function actorOf({ caller }: Ctx): string {
  const { subject } = caller;
  if (subject.kind === 'user') return subject.userId;
  if (subject.kind === 'application') return subject.appId;
  return subject.kind === 'agent' ? subject.agentId : subject.name;
}

/** Takes the setting away, with the roles that came from groups; those who came through it are signed out. Links stay. */
export async function removeExternalSignIn(ctx: Ctx): Promise<void> {
  const { tenantId } = ctx.caller;
  require(ctx.caller, 'SignIn.manage');
  await changeAs(ctx, 'SignIn.manage', async (trx) => {
    const before = await store.findSetting(trx, tenantId);
    if (!before) throw new NotFound('The external sign-in');
    await store.deleteSetting(trx, tenantId);
    await record(ctx, trx, 'remove', before, {});
    await removeExternalRoles(ctx, trx, tenantId, (all) => all);
    await endSessionsOf(ctx, trx, before);
  });
}

/** The caller's own present session stays: whoever turns the provider off needs to see what comes of it. */
async function endSessionsOf(ctx: Ctx, trx: Trx, before: store.SettingRow): Promise<void> {
  const { credential } = ctx.caller;
  const own: SessionId | null = credential.kind === 'session' ? credential.sessionId : null;
  for (const userId of await store.listLinkedUsers(trx, before.tenantId, issuerKey(before.issuer))) {
    await endSessions(trx, before.tenantId, userId, ctx.clock(), own);
  }
}

async function record(
  ctx: Ctx,
  trx: Trx,
  verb: 'set' | 'remove',
  row: store.SettingRow,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAudit(ctx, trx, {
    action: `external-sign-in.${verb}`,
    target: { kind: 'external-sign-in', id: row.tenantId, name: row.displayName },
    details: { issuer: row.issuer, clientId: row.clientId, isEnabled: row.isEnabled === 1, ...details },
  });
}
