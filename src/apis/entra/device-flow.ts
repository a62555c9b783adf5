import type { FastifyReply } from 'fastify';
import { loadClient } from '../../applications/lookup.ts';
import { approveDevice, type DeviceRequest, declineDevice, findByUserCode } from '../../authorizations/device-codes.ts';
import { openGeo } from '../../geo/geo.ts';
import type { Language } from '../pages/language.ts';
import { settleConsent } from './consent-flow.ts';
import { entraError } from './errors.ts';
import { deviceStep, userCodeScreen } from './pages/device-screens.ts';
import { deviceEndScreen } from './pages/message-screens.ts';
import { type Scene, show, showStep, wordsOf } from './pages/scene.ts';
import type { Account } from './pages/session.ts';
import { type DeviceFlow, sealFor, type Transaction } from './pages/transaction.ts';
import { proofOf } from './proof.ts';

/** The request behind the code, while it waits for its answer. */
export async function findPending({ services }: Scene, { userCode }: DeviceFlow): Promise<DeviceRequest | undefined> {
  const found = await findByUserCode(services, userCode);
  return found?.status === 'pending' ? found : undefined;
}

/** Confirmation first, then consent where it is missing, then the approval. */
export async function proceedDevice(
  scene: Scene,
  transaction: Transaction<DeviceFlow>,
  account: Account,
): Promise<FastifyReply> {
  const { flow } = transaction;
  const pending = await findPending(scene, flow);
  if (!pending) return endedMeanwhile(scene);
  if (!flow.isConfirmed) return await showConfirmation(scene, transaction, account, pending);
  if (await settleConsent(scene, transaction, account, pending.body, { isForced: false })) return scene.reply;
  return await endDevice(scene, flow, pending, account, 'accept');
}

async function showConfirmation(
  scene: Scene,
  transaction: Transaction<DeviceFlow>,
  account: Account,
  { body }: DeviceRequest,
): Promise<FastifyReply> {
  const { services, language } = scene;
  const { flow } = transaction;
  const client = await loadClient(services, flow.appId, account.tenant.id);
  if (!client) throw entraError(700016, { app: flow.appId, tenant: account.tenant.id });
  const screen = {
    app: client.application,
    publisher: client.homeTenant.displayName,
    userName: account.user.userName,
    tenantName: account.tenant.displayName,
    userCode: flow.userCode.toUpperCase().replace(/[\s-]/g, ''),
    place: await placeOf(scene, body.address, language),
    address: body.address,
    program: body.userAgent === '' ? null : body.userAgent,
  };
  return showStep(scene, transaction, deviceStep(wordsOf(scene), screen));
}

/** "Switzerland, Example Telecom" in the reader's language. */
async function placeOf({ services }: Scene, address: string, language: Language): Promise<string | null> {
  const { countryCode, organization } = (await openGeo(services.config))(address);
  const country = countryCode && new Intl.DisplayNames(language, { type: 'region' }).of(countryCode);
  return [country, organization].filter(Boolean).join(', ') || null;
}

/** Approves or declines; whoever came second, or too late, is told that the code is over. */
export async function endDevice(
  scene: Scene,
  flow: DeviceFlow,
  pending: DeviceRequest | undefined,
  account: Account,
  decision: 'accept' | 'decline',
): Promise<FastifyReply> {
  const { services } = scene;
  if (!pending) return endedMeanwhile(scene);
  const approval = { tenantId: account.tenant.id, userId: account.user.id, proof: proofOf(account) };
  const isDone =
    decision === 'accept' ? await approveDevice(services, pending, approval) : await declineDevice(services, pending);
  if (!isDone) return endedMeanwhile(scene);
  const client = await loadClient(services, flow.appId, account.tenant.id);
  const name = client?.application.displayName ?? flow.appId;
  return show(scene, deviceEndScreen(wordsOf(scene), decision === 'accept', name));
}

function endedMeanwhile(scene: Scene): FastifyReply {
  const texts = wordsOf(scene);
  const token = sealFor(scene.services, scene.browser, 'device-code', scene.language);
  return show(scene, userCodeScreen(texts, token, '', { text: texts.device.unknown, status: 400 }));
}
