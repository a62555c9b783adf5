// The adminconsent endpoints: consent for the whole tenant, without signing anybody in to the app (Entra protocol
// reference 4.5).
import type { FastifyReply } from 'fastify';
import { union } from '../../applications/access-lists.ts';
import type { AccessRequest } from '../../applications/application.ts';
import { requestOfScopes } from '../../applications/consent.ts';
import type { ClientView } from '../../applications/lookup.ts';
import type { TenantId } from '../../lib/ids.ts';
import { type Members, sendMembers } from './authorize-answer.ts';
import { showDeclined, showPartner } from './authorize-flow.ts';
import { askForTenant, clientFor } from './consent-flow.ts';
import { answerIdsOf, describeError, EntraError, entraError } from './errors.ts';
import type { Scene } from './pages/scene.ts';
import type { Account } from './pages/session.ts';
import type { AdminConsentFlow, Transaction } from './pages/transaction.ts';
import { requestedScopes } from './token/requested-resource.ts';

const scopesMax = 100;

type AdminConsent = Transaction<AdminConsentFlow>;

export async function proceedAdminConsent(
  scene: Scene,
  transaction: AdminConsent,
  account: Account,
): Promise<FastifyReply> {
  const { flow } = transaction;
  const client = await clientFor(scene, flow.appId, account);
  try {
    const access = await accessOf(scene, client, account.tenant.id, flow.scope);
    return await askForTenant(scene, transaction, account, access);
  } catch (error) {
    if (!(error instanceof EntraError) || flow.redirectUri === null) throw error;
    return answerAdminError(scene, flow, flow.redirectUri, error);
  }
}

/** Everything that is registered, or the part of it that v2 names: one API's by `.default`, or delegated permissions. */
async function accessOf(
  { services }: Scene,
  { application }: ClientView,
  tenantId: TenantId,
  scope: string | null,
): Promise<readonly AccessRequest[]> {
  if (scope === null) return application.requiredAccess;
  let access: readonly AccessRequest[] = [];
  const values = [...new Set(scope.split(/\s+/).filter((each) => each !== ''))];
  if (values.length > scopesMax) throw entraError(70011, { reason: `More than ${scopesMax} scopes are named.` });
  for (const value of values) {
    const asked = { version: 2 as const, scope: value, resource: null };
    const { target, permissions, openId } = await requestedScopes(services, tenantId, asked, true);
    if (permissions === null) {
      const ofApi = application.requiredAccess.filter(({ resourceAppId }) => resourceAppId === target.api.appId);
      access = union(access, ofApi);
    } else {
      const wanted = await requestOfScopes(services, tenantId, target.api.appId, [...permissions, ...openId]);
      access = union(access, [wanted.access]);
    }
  }
  return access;
}

export async function finishAdminConsent(
  scene: Scene,
  transaction: AdminConsent,
  account: Account,
): Promise<FastifyReply> {
  const { flow } = transaction;
  if (flow.redirectUri === null) return await showPartner(scene, transaction, account);
  return sendMembers(scene, flow.redirectUri, 'query', [
    ['admin_consent', 'True'],
    ['tenant', account.tenant.id],
    ...(flow.scope === null ? [] : [['scope', flow.scope] as const]),
    ...stateOf(flow),
  ]);
}

export async function declineAdminConsent(
  scene: Scene,
  transaction: AdminConsent,
  account: Account,
): Promise<FastifyReply> {
  const { flow } = transaction;
  if (flow.redirectUri === null) return await showDeclined(scene, transaction, account);
  // The two versions have names of their own for the same answer (reference 2.11 and 4.5).
  const error = flow.version === 1 ? 'permission_denied' : 'consent_required';
  return answerAdminError(scene, flow, flow.redirectUri, entraError(65004, {}, undefined, { error }));
}

/** The person may not consent, and goes back without having asked. */
export function backFromAdminAsk(scene: Scene, { flow }: AdminConsent): FastifyReply {
  if (flow.redirectUri === null) throw entraError(90094);
  return answerAdminError(scene, flow, flow.redirectUri, entraError(90094));
}

function answerAdminError(scene: Scene, flow: AdminConsentFlow, redirectUri: string, error: EntraError): FastifyReply {
  const { request, services } = scene;
  return sendMembers(scene, redirectUri, 'query', [
    ...(flow.version === 2 ? [['admin_consent', 'True'] as const] : []),
    ['error', error.row.error],
    ['error_description', describeError(error, answerIdsOf(request), services.clock())],
    ...stateOf(flow),
  ]);
}

function stateOf({ state }: AdminConsentFlow): Members {
  return state === null ? [] : [['state', state]];
}
