// Who gets mail of a tenant, and about what: chosen by its full administrators.
import { require, requireUser } from '../access/caller.ts';
import { type Severity, severities } from '../alerts/alert.ts';
import { recordAudit } from '../audit/audit.ts';
import { lastNote } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import { isUniqueViolation, type Trx } from '../db/store.ts';
import { parseUserName } from '../directory/naming.ts';
import { changeAs } from '../directory/present-rights.ts';
import { listUserNames } from '../directory/users.ts';
import { dayMs, isoTime } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { newId } from '../lib/ids.ts';
import { removeOfTarget } from './deliveries-store.ts';
import { type MailLanguage, mailLanguages } from './languages.ts';
import * as store from './recipients-store.ts';
import { neededForMail } from './standing.ts';

export interface MailRecipient {
  readonly id: string;
  readonly address: string;
  /** User name of who answers for it, whose rights limit what it is told of; null when that user is gone. */
  readonly owner: string | null;
  readonly language: MailLanguage;
  /** Alerts from this severity up; null for none. */
  readonly alerts: Severity | null;
  readonly consentRequests: boolean;
  readonly roleApprovals: boolean;
  /** Days before secrets and certificates of applications end; null for no mail about them. */
  readonly expiringSecretDays: number | null;
  readonly createdAt: string;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  readonly lastFailure: string | null;
  readonly sentToday: number;
  readonly withheldToday: number;
}

export interface RecipientInput {
  readonly address: string;
  readonly language?: MailLanguage | undefined;
  readonly alerts?: Severity | null | undefined;
  readonly consentRequests?: boolean | undefined;
  readonly roleApprovals?: boolean | undefined;
  readonly expiringSecretDays?: number | null | undefined;
}

export interface MailSettings {
  /** True when the operator has named an SMTP server and a sender. */
  readonly isConfigured: boolean;
  readonly from: string | null;
  readonly perRecipientAndDay: number;
  readonly recipientsMax: number;
}

const daysMax = 365;

function toRecipient(ctx: Pick<Ctx, 'clock'>, row: store.RecipientRow, owner: string | null): MailRecipient {
  const isToday = row.countedDay === dayOf(ctx.clock());
  return {
    id: row.id,
    address: row.address,
    owner,
    language: mailLanguages.find((each) => each === row.language) ?? 'en',
    alerts: row.alertSeverityMin === null ? null : (severities[row.alertSeverityMin] ?? null),
    consentRequests: row.wantsConsentRequests === 1,
    roleApprovals: row.wantsRoleApprovals === 1,
    expiringSecretDays: row.secretDays,
    createdAt: isoTime(row.createdAt),
    lastSuccessAt: isoTime(row.lastSuccessAt),
    lastFailureAt: isoTime(row.lastFailureAt),
    lastFailure: row.lastFailure,
    sentToday: isToday ? row.sentCount : 0,
    withheldToday: isToday ? row.withheldCount : 0,
  };
}

/** Days since 1970 (UTC): counts of mails begin anew at 00:00 UTC (cloud-apps reference 2.2). */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

export function isMailConfigured({ config }: Pick<Ctx, 'config'>): boolean {
  return config.mailHost !== null && config.mailFrom !== null;
}

/** What the deployment allows. Needs Notifications.manage, as every call here does. */
export function getMailSettings(ctx: Ctx): MailSettings {
  require(ctx.caller, 'Notifications.manage');
  const { mailFrom, mailsPerRecipientDay, mailRecipientsPerTenantMax } = ctx.config;
  return {
    isConfigured: isMailConfigured(ctx),
    from: mailFrom,
    perRecipientAndDay: mailsPerRecipientDay,
    recipientsMax: mailRecipientsPerTenantMax,
  };
}

/** All recipients of the tenant, by address. */
export async function listMailRecipients(ctx: Ctx): Promise<MailRecipient[]> {
  require(ctx.caller, 'Notifications.manage');
  const rows = await store.listRecipients(ctx.store.db, ctx.caller.tenantId);
  const names = await listUserNames(
    ctx,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map((row) => toRecipient(ctx, row, names.get(row.createdBy) ?? null));
}

export async function getRecipientRow(ctx: Ctx, id: string, trx?: Trx): Promise<store.RecipientRow> {
  require(ctx.caller, 'Notifications.manage');
  const row = await store.findRecipient(trx ?? ctx.store.db, ctx.caller.tenantId, id.toLowerCase());
  if (!row) throw new NotFound('This recipient');
  return row;
}

/**
 * Adds a recipient. Besides Notifications.manage it needs the permission to read what the mails tell. Throws InvalidInput,
 * and Conflict for an address that is there already or one recipient too many.
 */
export async function addMailRecipient(ctx: Ctx, input: RecipientInput): Promise<MailRecipient> {
  const creator = requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  const given = parseInput(ctx, input);
  return await changing(ctx, async (trx) => {
    const others = await store.listRecipients(trx, tenantId);
    if (others.length >= ctx.config.mailRecipientsPerTenantMax) {
      throw new Conflict(
        'too-many-recipients',
        `There are ${others.length} recipients, the most that mailRecipientsPerTenantMax allows. Remove one first.`,
      );
    }
    const row: store.RecipientRow = {
      tenantId,
      id: newId<string & { readonly __brand: 'mail-recipient' }>(),
      ...given,
      sinceNote: await lastNote(trx, tenantId),
      createdAt: ctx.clock(),
      createdBy: creator.userId,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: null,
      countedDay: dayOf(ctx.clock()),
      sentCount: 0,
      withheldCount: 0,
    };
    await store.insertRecipient(trx, tenantId, row);
    await audit(ctx, trx, 'add', row);
    return toRecipient(ctx, row, creator.userName);
  });
}

/** Changes what is given; the caller answers for it from then on. */
export async function updateMailRecipient(
  ctx: Ctx,
  id: string,
  input: Partial<RecipientInput>,
): Promise<MailRecipient> {
  const owner = requireUser(ctx.caller);
  return await changing(ctx, async (trx) => {
    const row = await getRecipientRow(ctx, id, trx);
    const before = toRecipient(ctx, row, null);
    const given = parseInput(ctx, { ...before, ...definedOf(input) });
    const change = { ...given, createdBy: owner.userId };
    await store.updateRecipient(trx, row.tenantId, row.id, change);
    const changed = { ...row, ...change };
    await audit(ctx, trx, 'update', changed);
    return toRecipient(ctx, changed, owner.userName);
  });
}

/** Removes a recipient with everything that waits for it. */
export async function removeMailRecipient(ctx: Ctx, id: string): Promise<void> {
  requireUser(ctx.caller);
  await changeAs(ctx, 'Notifications.manage', async (trx) => {
    const row = await getRecipientRow(ctx, id, trx);
    await removeOfTarget(trx, row.tenantId, row.id);
    await store.deleteRecipient(trx, row.tenantId, row.id);
    await audit(ctx, trx, 'remove', row);
  });
}

function definedOf(input: Partial<RecipientInput>): Partial<RecipientInput> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

async function changing<T>(ctx: Ctx, work: (trx: Trx) => Promise<T>): Promise<T> {
  try {
    return await changeAs(ctx, 'Notifications.manage', work);
  } catch (error) {
    if (isUniqueViolation(error)) throw new Conflict('address-taken', 'This address is a recipient already.');
    throw error;
  }
}

type Given = Pick<
  store.RecipientRow,
  'address' | 'language' | 'alertSeverityMin' | 'wantsConsentRequests' | 'wantsRoleApprovals' | 'secretDays'
>;

function parseInput(ctx: Ctx, input: RecipientInput): Given {
  const { alerts = null, consentRequests = false, roleApprovals = false, expiringSecretDays: days = null } = input;
  const wishes = {
    alertSeverityMin: alerts === null ? null : severities.indexOf(alerts),
    wantsConsentRequests: consentRequests ? 1 : 0,
    wantsRoleApprovals: roleApprovals ? 1 : 0,
    secretDays: days,
  } as const;
  for (const permission of neededForMail(wishes)) require(ctx.caller, permission);
  if (days !== null && (!Number.isInteger(days) || days < 1 || days > daysMax)) {
    throw new InvalidInput('expiringSecretDays', `expiringSecretDays is a whole number from 1 to ${daysMax}.`);
  }
  if (alerts === null && !consentRequests && !roleApprovals && days === null) {
    throw new InvalidInput(
      'alerts',
      'Choose at least one of alerts, consentRequests, roleApprovals, expiringSecretDays.',
    );
  }
  return {
    address: parseAddress(input.address),
    language: input.language ?? 'en',
    ...wishes,
  };
}

/** As strict as user names are: no quoted local parts, no lists of addresses, nothing that a header could be broken with. */
function parseAddress(text: string): string {
  const address = text.trim().toLowerCase();
  const plain = address.replace(/\+[a-z0-9._-]+(?=@)/, '');
  try {
    parseUserName('address', plain);
  } catch {
    throw new InvalidInput('address', 'The address must be like soc@contoso.example.');
  }
  if (address.length > 254) throw new InvalidInput('address', 'An address has at most 254 characters.');
  return address;
}

async function audit(ctx: Ctx, trx: Trx, verb: string, row: store.RecipientRow): Promise<void> {
  const { alerts, consentRequests, roleApprovals, expiringSecretDays, language } = toRecipient(ctx, row, null);
  await recordAudit(ctx, trx, {
    action: `mail-recipient.${verb}`,
    target: { kind: 'mail-recipient', id: row.id, name: row.address },
    details: verb === 'remove' ? {} : { alerts, consentRequests, roleApprovals, expiringSecretDays, language },
  });
}
