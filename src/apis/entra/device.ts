// Where somebody types the code of a device (RFC 8628 section 3.3), and says that the sign-in is theirs.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import { type DeviceRequest, findByUserCode } from '../../authorizations/device-codes.ts';
import type { Services } from '../../context.ts';
import { countTry, takeBackTry } from '../../directory/lock-out.ts';
import { subscriberOf } from '../../lib/addresses.ts';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import { fill } from '../pages/fill.ts';
import { refuseForeignForms } from '../pages/foreign-forms.ts';
import type { Language } from '../pages/language.ts';
import { endDevice, findPending } from './device-flow.ts';
import { asEntraError, noteRefusal } from './errors.ts';
import { formOf } from './forms.ts';
import { deviceCodePath, userCodeScreen } from './pages/device-screens.ts';
import { accountOf, type Posted, pagesPart, takePosted, takeSealed } from './pages/part.ts';
import { proceed } from './pages/proceed.ts';
import { type Scene, sceneOf, show, stepPaths, wordsOf } from './pages/scene.ts';
import { beginTransaction, sealFor } from './pages/transaction.ts';
import { whoAsks } from './surface.ts';

/** Mounts the page for the code and the confirmation. */
export async function devicePages(app: FastifyInstance, services: Services): Promise<void> {
  await pagesPart(app, services, (part) => {
    part.get(deviceCodePath, async (request, reply) => showUserCode(await sceneOf(services, request, reply), '', null));
    part.post(deviceCodePath, async (request, reply) => takeUserCode(services, request, reply));
    part.post(stepPaths.device, async (request, reply) => decide(await takePosted(services, request, reply)));
  });
}

interface CodeProblem {
  readonly text: string;
  readonly status: number;
}

function showUserCode(scene: Scene, typed: string, problem: CodeProblem | null): FastifyReply {
  const token = sealFor(scene.services, scene.browser, 'device-code', scene.language);
  return show(scene, userCodeScreen(wordsOf(scene), token, typed, problem));
}

async function takeUserCode(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  refuseForeignForms(services.names, request);
  const form = formOf(request);
  const begun = await sceneOf(services, request, reply);
  const scene = { ...begun, language: takeSealed<Language>(begun, 'device-code', form) };
  const typed = form.get('user_code') ?? '';
  const { device } = wordsOf(scene);
  let found: DeviceRequest | undefined;
  try {
    found = await findGuarded(scene, typed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return tooManyTries(scene, typed, error);
  }
  if (found?.status !== 'pending') return showUserCode(scene, typed, { text: device.unknown, status: 400 });
  const { appId, tenantId } = found;
  const flow = { kind: 'device' as const, userCode: typed, appId, isConfirmed: false };
  return await proceed(scene, beginTransaction(services, { flow, tenantId, language: scene.language }));
}

/**
 * Looks a code up as passwords are looked up: each try that finds nothing counts against the address, so that nobody
 * types through the codes that are waiting (RFC 8628 section 5.1).
 */
async function findGuarded({ services, request }: Scene, typed: string): Promise<DeviceRequest | undefined> {
  const { address } = whoAsks(request).origin;
  // Every address counts for itself: whoever guesses must not lock the page for everybody else.
  const tried = { kind: 'device-codes', tenantId: null, userName: subscriberOf(address) } as const;
  const counted = await countTry(services, tried, address);
  const found = await findByUserCode(services, typed);
  if (found?.status === 'pending') await services.store.transaction((trx) => takeBackTry(trx, counted));
  return found;
}

function tooManyTries(scene: Scene, typed: string, refusal: Refusal): FastifyReply {
  noteRefusal(asEntraError(refusal, scene.request), scene.request);
  const { retryAfterSeconds = 0 } = refusal.details;
  scene.reply.header('retry-after', String(retryAfterSeconds));
  const minutes = Math.max(1, Math.ceil((retryAfterSeconds * secondMs) / minuteMs));
  return showUserCode(scene, typed, { text: fill(wordsOf(scene).problems.lockedOut, { minutes }), status: 429 });
}

async function decide({ scene, form, transaction }: Posted): Promise<FastifyReply> {
  const { flow } = transaction;
  const account = accountOf(scene, transaction);
  if (flow.kind !== 'device' || !account) return await proceed(scene, transaction);
  if (form.get('decision') === 'accept') {
    return await proceed(scene, { ...transaction, flow: { ...flow, isConfirmed: true } });
  }
  const pending = await findPending(scene, flow);
  return await endDevice(scene, flow, pending, account, 'decline');
}
