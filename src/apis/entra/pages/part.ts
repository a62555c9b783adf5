// The part of the surface that people see: its errors are pages, its forms come from its own pages only.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../../access/refusal.ts';
import type { Services } from '../../../context.ts';
import { pathOf } from '../../arrival.ts';
import { refuseForeignForms } from '../../pages/foreign-forms.ts';
import { seeOther } from '../authorize-answer.ts';
import { answerIdsOf, asEntraError, type EntraError, entraError, noteRefusal } from '../errors.ts';
import { formOf, readForms } from '../forms.ts';
import type { Form } from '../surface.ts';
import { type ErrorText, errorScreen } from './message-screens.ts';
import { askedLanguage, type Scene, sceneOf, show, wordsOf } from './scene.ts';
import type { Account } from './session.ts';
import { openFrom, openTransaction, type Purpose, type Transaction } from './transaction.ts';

/** Mounts routes whose errors are shown as pages. */
export async function pagesPart(
  app: FastifyInstance,
  services: Services,
  mount: (part: FastifyInstance) => void,
): Promise<void> {
  await app.register(async (part) => {
    readForms(part);
    part.setErrorHandler((thrown, request, reply) => showError(services, thrown, request, reply));
    mount(part);
  });
}

/** A form of ours that came too late or out of place. */
class ExpiredPage extends Error {
  override readonly name = 'ExpiredPage';
}

export function refuseExpired(): never {
  throw new ExpiredPage();
}

/** Whatever was thrown, as a page; nothing of it leaves for the application. */
export function showError(
  services: Services,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { error, said } = toPageError(thrown, request);
  noteRefusal(error, request);
  if (error.retryAfterSeconds !== null) reply.header('retry-after', String(error.retryAfterSeconds));
  const scene: Scene = {
    services,
    request,
    reply,
    browser: { id: '', accounts: [] },
    language: askedLanguage(request),
  };
  const screen = errorScreen(wordsOf(scene), error, answerIdsOf(request), services.clock(), said);
  const isForeign = thrown instanceof Refusal && thrown.details.code === 'csrf';
  return show(scene, isForeign ? { ...screen, status: 403 } : screen);
}

function toPageError(thrown: unknown, request: FastifyRequest): { error: EntraError; said?: ErrorText } {
  if (thrown instanceof ExpiredPage) {
    return {
      error: entraError(9002313, { reason: 'the page is over or belongs to another browser.' }),
      said: 'expired',
    };
  }
  const error = asEntraError(thrown, request);
  return thrown instanceof Refusal && thrown.details.code === 'csrf' ? { error, said: 'foreignForm' } : { error };
}

/** What a form of ours brought back. */
export interface Posted {
  readonly scene: Scene;
  readonly form: Form;
  readonly transaction: Transaction;
}

/** A form of one of our pages. Refuses one that another site sent; throws for one that this browser did not get. */
export async function takePosted(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<Posted> {
  refuseForeignForms(services.names, request);
  const scene = await sceneOf(services, request, reply);
  const form = formOf(request);
  const transaction = openTransaction(services, scene.browser, form.get('transaction') ?? '');
  if (!transaction) throw new ExpiredPage();
  return { scene: { ...scene, language: transaction.language }, form, transaction };
}

/** The account that a page was shown for, if it is still signed in. */
export function accountOf({ browser }: Scene, transaction: Transaction): Account | undefined {
  return browser.accounts.find(
    ({ session }) =>
      session.id === transaction.sessionId &&
      (transaction.tenantId === null || session.tenantId === transaction.tenantId),
  );
}

/** What a form without a transaction carries; throws unless it was shown in this very browser. */
export function takeSealed<T>({ services, browser }: Scene, purpose: Purpose, form: Form): T {
  const value = openFrom<T>(services, browser, purpose, form.get('sealed') ?? '');
  if (value === undefined) throw new ExpiredPage();
  return value;
}

/**
 * A request that another site's page sends as a form comes without our cookies, as they are SameSite=Lax; a link brings
 * them along, so the browser is asked to follow one with the same parameters. No cookie is set here: it would replace the
 * one that did not come.
 */
export function backAsGet(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const query = [...formOf(request)].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return seeOther(reply, `${pathOf(request)}?${query.join('&')}`);
}
