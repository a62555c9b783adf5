// The forms of the sign-in: password, code, new password, choice of the account, language.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refusal } from '../../../access/refusal.ts';
import type { Services } from '../../../context.ts';
import { signIn } from '../../../directory/sign-in.ts';
import { minuteMs, secondMs } from '../../../lib/clock.ts';
import { InvalidInput } from '../../../lib/failures.ts';
import { begunOf } from '../../arrival.ts';
import { fill } from '../../pages/fill.ts';
import { languageOf } from '../../pages/language.ts';
import { asEntraError, noteRefusal } from '../errors.ts';
import { whoAsks } from '../surface.ts';
import { fittingAccounts } from './accounts.ts';
import { type Posted, refuseExpired, takePosted } from './part.ts';
import { proceed } from './proceed.ts';
import { type Scene, stepPaths, wordsOf } from './scene.ts';
import { addAccount } from './session.ts';
import type { Problem } from './sign-in-screens.ts';
import { type Transaction, type Typed, typedForMs } from './transaction.ts';

/** Mounts where the forms of the sign-in go. */
export function signInSteps(part: FastifyInstance, services: Services): void {
  part.post(stepPaths.signIn, async (request, reply) => takeSignIn(await takePosted(services, request, reply)));
  part.post(stepPaths.account, async (request, reply) => takeAccount(await takePosted(services, request, reply)));
  // Somebody who loads the address of a form anew has nothing to go on with.
  for (const path of Object.values(stepPaths)) part.get(path, async () => refuseExpired());
  part.post(stepPaths.language, async (request, reply) => {
    const { scene, form, transaction } = await takePosted(services, request, reply);
    const language = languageOf(form.get('lang') ?? '') ?? scene.language;
    return await proceed({ ...scene, language }, { ...transaction, language });
  });
}

/** One of the accounts, another one, or the list. */
async function takeAccount({ scene, form, transaction }: Posted): Promise<FastifyReply> {
  const wanted = form.get('account');
  const cleared: Transaction = { ...transaction, typed: null, sessionId: null, wantsSignIn: false };
  if (wanted === 'other') return await proceed(scene, { ...cleared, loginHint: null, wantsSignIn: true });
  const chosen = fittingAccounts(scene.browser, transaction).find(({ session }) => session.id === wanted);
  if (!chosen) return await proceed(scene, { ...cleared, loginHint: null, mustChoose: true });
  return await proceed(scene, { ...cleared, sessionId: chosen.session.id, loginHint: null });
}

interface Given {
  readonly userName: string;
  readonly password: string;
  readonly code: string | undefined;
  readonly newPassword: string | undefined;
  readonly repeat: string | undefined;
}

async function takeSignIn({ scene, form, transaction }: Posted): Promise<FastifyReply> {
  const { typed } = transaction;
  const given: Given = {
    userName: typed?.userName ?? form.get('userName') ?? '',
    password: typed?.password ?? form.get('password') ?? '',
    code: typed?.needsCode ? (form.get('code') ?? '') : undefined,
    newPassword: typed?.needsPassword ? (form.get('newPassword') ?? '') : undefined,
    repeat: typed?.needsPassword ? (form.get('repeat') ?? '') : undefined,
  };
  const again: Transaction = typed ? transaction : { ...transaction, loginHint: given.userName || null };
  const missing = missingField(scene, given);
  if (missing) return await proceed(scene, again, missing);
  try {
    const { value } = await trySignIn(scene, transaction, given);
    const { services, request, reply, browser } = scene;
    const added = await addAccount(services, request, reply, browser, value);
    return await proceed(
      { ...scene, browser: added.browser },
      {
        ...transaction,
        typed: null,
        wantsSignIn: false,
        mustSignIn: false,
        mustChoose: false,
        sessionId: added.account.session.id,
      },
    );
  } catch (error) {
    const next = afterFailure(scene, again, given, error);
    if (!next) throw error;
    if (error instanceof Refusal) noteRefusal(asEntraError(error, scene.request), scene.request);
    return await proceed(scene, next.transaction, next.problem);
  }
}

async function trySignIn({ services, request }: Scene, { tenantId }: Transaction, given: Given) {
  const { origin, correlationId } = whoAsks(request);
  const code = given.code?.replace(/\s/g, '');
  return await signIn(services, origin, correlationId, {
    hostTenantId: begunOf(request).hostTenantId,
    tenant: tenantId ?? undefined,
    userName: given.userName,
    password: given.password,
    // Six digits are the app's, everything else could only be a recovery code.
    ...(code === undefined ? {} : /^\d{6}$/.test(code) ? { code } : { recoveryCode: code }),
    newPassword: given.newPassword,
    client: 'sign-in',
  });
}

function missingField(scene: Scene, given: Given): Problem | undefined {
  const { problems } = wordsOf(scene);
  const problem = (field: Problem['field'] & keyof typeof problems): Problem => ({
    field,
    text: textOf(scene, field),
    status: 400,
  });
  if (given.userName === '') return problem('userName');
  if (given.password === '') return problem('password');
  if (given.newPassword === '') return problem('newPassword');
  if (given.newPassword !== given.repeat) return problem('repeat');
  if (given.code === '') return problem('code');
  return undefined;
}

function textOf(scene: Scene, key: 'userName' | 'password' | 'newPassword' | 'repeat' | 'code'): string {
  return fill(wordsOf(scene).problems[key], { minimum: scene.services.config.passwordLengthMin });
}

interface Next {
  readonly transaction: Transaction;
  readonly problem: Problem | null;
}

/** The page that follows a sign-in that did not work yet; undefined for what is no problem of the person's. */
function afterFailure(scene: Scene, transaction: Transaction, given: Given, error: unknown): Next | undefined {
  const { problems } = wordsOf(scene);
  if (error instanceof InvalidInput && error.field === 'newPassword' && transaction.typed?.needsPassword) {
    return { transaction, problem: { field: 'newPassword', text: textOf(scene, 'newPassword'), status: 400 } };
  }
  if (!(error instanceof Refusal)) return undefined;
  const { code, retryAfterSeconds = 0 } = error.details;
  const needs = (more: Pick<Typed, 'needsCode' | 'needsPassword'>): Next => {
    const until = scene.services.clock() + typedForMs;
    const { userName, password } = given;
    return { transaction: { ...transaction, typed: { userName, password, until, ...more } }, problem: null };
  };
  switch (code) {
    case 'second-factor-required':
      return needs({ needsCode: true, needsPassword: false });
    case 'password-change-required':
      return needs({ needsCode: given.code !== undefined, needsPassword: true });
    case 'sign-in-failed':
      return given.code === undefined
        ? failed({ ...transaction, typed: null }, null, problems.signInFailed, 401)
        : failed(transaction, 'code', problems.codeFailed, 401);
    case 'locked-out': {
      scene.reply.header('retry-after', String(retryAfterSeconds));
      const minutes = Math.max(1, Math.ceil((retryAfterSeconds * secondMs) / minuteMs));
      return failed({ ...transaction, typed: null }, null, fill(problems.lockedOut, { minutes }), 429);
    }
    case 'throttled':
      return failed(transaction, null, problems.throttled, 429);
    default:
      return undefined;
  }
}

function failed(transaction: Transaction, field: Problem['field'], text: string, status: number): Next {
  return { transaction, problem: { field, text, status } };
}
