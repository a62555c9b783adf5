// Whether somebody has to be asked for consent, whom, and with which page (Entra protocol reference 4.5).
import type { FastifyReply } from 'fastify';
import { without } from '../../applications/access-lists.ts';
import type { AccessRequest } from '../../applications/application.ts';
import { type ConsentItem, type ConsentQuestion, consentQuestion } from '../../applications/consent.ts';
import { type ClientView, isAssignedTo, loadClient } from '../../applications/lookup.ts';
import { findResource, openIdScopes } from '../../applications/resources.ts';
import type { AskedFor } from '../../authorizations/authorizations.ts';
import { findTenantById } from '../../directory/tenants.ts';
import type { AppId } from '../../lib/ids.ts';
import type { Language } from '../pages/language.ts';
import { askedAccess } from './asked-access.ts';
import { entraError } from './errors.ts';
import { askStep } from './pages/ask-screen.ts';
import { consentStep, type PermissionLine } from './pages/consent-screen.ts';
import { type Scene, showStep, wordsOf } from './pages/scene.ts';
import type { Account } from './pages/session.ts';
import { wordsForPermission } from './pages/texts.ts';
import type { Reach, Transaction } from './pages/transaction.ts';

/** Longest reason of a request for consent. */
export const reasonLengthMax = 500;

/** The application as this person's tenant sees it. AADSTS700016 and 7000112 are pages. */
export async function clientFor({ services }: Scene, appId: AppId, { tenant }: Account): Promise<ClientView> {
  const client = await loadClient(services, appId, tenant.id);
  const { application, homeTenant, servicePrincipal } = client ?? {};
  const isForeign = application?.signInAudience === 'AzureADMyOrg' && application.tenantId !== tenant.id;
  if (!client || isForeign) throw entraError(700016, { app: appId, tenant: tenant.id });
  const isDisabled = application?.status !== 'enabled' || homeTenant?.status !== 'enabled';
  if (isDisabled || servicePrincipal?.isEnabled === false) throw entraError(7000112, { app: appId });
  return client;
}

/** AADSTS50105, a page: the application is for people whom an administrator has assigned to it. */
export async function requireAssigned(scene: Scene, client: ClientView, account: Account): Promise<void> {
  if (!client.servicePrincipal?.requiresAssignment) return;
  const { tenant, user } = account;
  if (await isAssignedTo(scene.services, tenant.id, client.application.appId, user.id)) return;
  throw entraError(50105, { app: client.application.appId });
}

export interface ConsentWish {
  /** Ask even if everything was granted before. */
  readonly isForced: boolean;
  /** No page may be shown: AADSTS65001 instead. */
  readonly isSilent?: boolean;
}

/**
 * Asks for what an app wants for this person. True when a page was sent, false when nobody has to be asked. (A reply is no
 * answer to that: it is thenable, and to await one gives nothing.)
 */
export async function settleConsent(
  scene: Scene,
  transaction: Transaction,
  account: Account,
  asked: AskedFor,
  { isForced, isSilent = false }: ConsentWish,
): Promise<boolean> {
  const client = await clientFor(scene, appIdOf(transaction), account);
  await requireAssigned(scene, client, account);
  const person = { tenantId: account.tenant.id, userId: account.user.id };
  const { access, isCovered } = await askedAccess(scene.services, client, person, asked);
  if (isCovered && !isForced) return false;
  if (isSilent) {
    const reason = 'Send an interactive authorization request for this user and resource.';
    throw entraError(65001, { app: client.application.appId, reason }, undefined, { error: 'consent_required' });
  }
  const question = await questionFor(scene, account, client, access);
  const reach = reachOf(question);
  if (reach === null) showAsk(scene, transaction, account, question);
  else await showConsent(scene, transaction, account, question, reach);
  return true;
}

/** The page that asks for consent for the whole tenant, whatever was granted before. */
export async function askForTenant(
  scene: Scene,
  transaction: Transaction,
  account: Account,
  access: readonly AccessRequest[],
): Promise<FastifyReply> {
  const client = await clientFor(scene, appIdOf(transaction), account);
  const question = await requireQuestion(scene, account, client, access);
  if (!question.mayConsentForTenant) return showAsk(scene, transaction, account, question);
  return await showConsent(scene, transaction, account, question, 'tenant');
}

export function appIdOf({ flow }: Transaction): AppId {
  return flow.kind === 'authorize' ? flow.request.appId : flow.appId;
}

async function requireQuestion(
  { services }: Scene,
  { tenant, user }: Account,
  { application }: ClientView,
  access: readonly AccessRequest[],
): Promise<ConsentQuestion> {
  const person = { tenantId: tenant.id, userId: user.id };
  const question = await consentQuestion(services, person, application.appId, access);
  if (!question) throw entraError(700016, { app: application.appId, tenant: tenant.id });
  return question;
}

/**
 * The widest question that this person may answer: everything; without what only an application may have; without what
 * was granted before. The first one, for the way to an administrator, when there is none.
 */
async function questionFor(
  scene: Scene,
  account: Account,
  client: ClientView,
  access: readonly AccessRequest[],
): Promise<ConsentQuestion> {
  const whole = await requireQuestion(scene, account, client, access);
  if (reachOf(whole) !== null) return whole;
  const delegated = access.map((each) => ({ ...each, roles: [] })).filter(({ scopes }) => scopes.length > 0);
  const missing = without(delegated, grantedOf(whole.items));
  for (const fewer of [delegated, missing]) {
    if (fewer.length === 0) continue;
    const question = await requireQuestion(scene, account, client, fewer);
    if (reachOf(question) !== null) return question;
  }
  return whole;
}

function grantedOf(items: readonly ConsentItem[]): AccessRequest[] {
  return items
    .filter(({ kind, isGranted }) => kind === 'delegated' && isGranted)
    .map(({ resource, permission }) => ({ resourceAppId: resource.appId, roles: [], scopes: [permission.id] }));
}

function reachOf({ mayConsentForSelf, mayConsentForTenant }: ConsentQuestion): Reach | null {
  if (mayConsentForSelf) return mayConsentForTenant ? 'offered' : 'self';
  return mayConsentForTenant ? 'tenant' : null;
}

async function showConsent(
  scene: Scene,
  transaction: Transaction,
  account: Account,
  question: ConsentQuestion,
  reach: Reach,
): Promise<FastifyReply> {
  const { services, language } = scene;
  const texts = wordsOf(scene);
  const { client, items, requested } = question;
  const publisher = await findTenantById(services.store.db, client.homeTenant.id);
  const lines = (kind: ConsentItem['kind']) =>
    items.filter((each) => each.kind === kind).map((each) => lineOf(language, each));
  const screen = {
    app: client.application,
    publisher: {
      displayName: client.homeTenant.displayName,
      domain: publisher?.domains.find(({ isPrimary }) => isPrimary)?.name ?? null,
      isOwnTenant: client.homeTenant.id === account.tenant.id,
    },
    tenantName: account.tenant.displayName,
    userName: account.user.userName,
    reach,
    roles: lines('application'),
    scopes: lines('delegated'),
    lastConsentAt: client.servicePrincipal?.consentedAt ?? null,
    returnsTo: returnsTo(transaction),
  };
  // What is shown goes along sealed: an answer grants this list, whatever the application asks for by then.
  return showStep(scene, { ...transaction, shown: { requested, reach } }, consentStep(texts, language, screen));
}

function lineOf(language: Language, { resource, permission, isGranted, isNew }: ConsentItem): PermissionLine {
  const { value } = permission;
  // What an application offers as an API is said in the words of its publisher, whatever names it chose.
  const words = findResource(resource.appId) ? wordsForPermission(language, value) : undefined;
  return {
    resource: resource.displayName,
    value,
    name: words?.name ?? permission.displayName,
    about: words?.about ?? permission.description,
    isNew: isNew && !openIdScopes.has(value),
    isGranted,
  };
}

/** Host of the page, or scheme of the program, that gets the answer. */
function returnsTo({ flow }: Transaction): string | null {
  if (flow.kind === 'device') return null;
  const uri = flow.kind === 'authorize' ? flow.request.redirectUri : flow.redirectUri;
  if (uri === null) return null;
  const url = new URL(uri);
  return url.host === '' ? url.protocol : url.host;
}

/** The way to an administrator. `typed` and `problem` are of a form that was not accepted. */
export function showAsk(
  scene: Scene,
  transaction: Transaction,
  account: Account,
  question: ConsentQuestion,
  again: { readonly typed: string; readonly problem: string } | null = null,
): FastifyReply {
  const texts = wordsOf(scene);
  const { flow } = transaction;
  const screen = {
    app: question.client.application,
    tenantName: account.tenant.displayName,
    userName: account.user.userName,
    dormantRole: question.dormantRole,
    isPossible: question.mayAsk,
    reason: again?.typed ?? '',
    reasonLengthMax,
    permissions: question.items.map((each) => lineOf(scene.language, each).name),
    hasWayBack: returnsTo(transaction) !== null && flow.kind !== 'device',
    problem: again?.problem ?? null,
  };
  const shown = { requested: question.requested, reach: null };
  return showStep(scene, { ...transaction, shown }, askStep(texts, screen));
}
