// The authorize endpoints, v1 and v2: /{tenant}/oauth2/authorize and /{tenant}/oauth2/v2.0/authorize.
import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { secondMs } from '../../lib/clock.ts';
import { answerError, formPostScriptPath, isForApp } from './authorize-answer.ts';
import {
  type AnswerTo,
  type AuthorizeRequest,
  findClientAsked,
  parseAnswerTo,
  parseAuthorize,
  withPushed,
} from './authorize-request.ts';
import { entraError } from './errors.ts';
import { parseForm } from './forms.ts';
import { meantAccount } from './pages/accounts.ts';
import { backAsGet, pagesPart } from './pages/part.ts';
import { proceed } from './pages/proceed.ts';
import { type Scene, sceneOf, stylePath } from './pages/scene.ts';
import { signInSteps } from './pages/steps.ts';
import { beginTransaction, type Transaction } from './pages/transaction.ts';
import { type Form, segmentOf } from './surface.ts';
import type { TenantSegment } from './tenant-segment.ts';

const versions = [
  ['/:tenant/oauth2/authorize', 1],
  ['/:tenant/oauth2/v2.0/authorize', 2],
] as const;

const assets = [
  [stylePath, 'steps.css', 'text/css; charset=utf-8'],
  [formPostScriptPath, 'form-post.js', 'text/javascript; charset=utf-8'],
] as const;

/** Mounts the authorize endpoints and the steps of the sign-in. */
export async function authorizeRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await pagesPart(app, services, (part) => {
    for (const [path, version] of versions) {
      part.get(path, async (request, reply) => beginAuthorize(services, request, reply, version));
      part.post(path, async (request, reply) => backAsGet(request, reply));
    }
    signInSteps(part, services);
    for (const [path, file, type] of assets) {
      const content = readFileSync(new URL(`./pages/assets/${file}`, import.meta.url));
      part.get(path, async (_request, reply) =>
        reply.header('cache-control', 'public, max-age=300').type(type).send(content),
      );
    }
  });
}

async function beginAuthorize(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  version: 1 | 2,
): Promise<FastifyReply> {
  const segment = await segmentOf(services, request);
  const sent = parseForm(request.url.split('?')[1] ?? '');
  const client = await findClientAsked(services, segment, sent);
  const form = await withPushed(services, client, sent);
  const to = parseAnswerTo(client, version, segment, form);
  const scene = await sceneOf(services, request, reply);
  try {
    const asked = parseAuthorize(to, form);
    const transaction = transactionFor(scene, segment, asked, form);
    if (asked.prompts.includes('none')) requireSilent(scene, transaction);
    return await proceed(scene, transaction);
  } catch (error) {
    return tellApp(scene, to, segment, error);
  }
}

/** Tells the app what is wrong with its request; throws it on as a page where there is no app to tell. */
function tellApp(scene: Scene, to: AnswerTo, segment: TenantSegment, error: unknown): FastifyReply {
  const { redirectUri } = to;
  if (!isForApp(error) || redirectUri === null) throw error;
  return answerError(scene, { ...to, redirectUri }, segment.kind === 'tenant' ? segment.tenant.id : null, error);
}

function transactionFor(
  { services, language }: Scene,
  segment: TenantSegment,
  request: AuthorizeRequest,
  form: Form,
): Transaction {
  const { prompts, maxAge } = request;
  return beginTransaction(services, {
    flow: { kind: 'authorize', request },
    tenantId: segment.kind === 'tenant' ? segment.tenant.id : null,
    language,
    loginHint: form.get('login_hint')?.slice(0, hintLengthMax) ?? null,
    domainHint: form.get('domain_hint')?.slice(0, hintLengthMax) ?? null,
    mustChoose: prompts.includes('select_account'),
    mustSignIn: prompts.includes('login') || maxAge === 0,
    signedInAfter: maxAge === null ? null : services.clock() - maxAge * secondMs,
  });
}

const hintLengthMax = 256;

/** `prompt=none`: no page may be shown (OpenID Connect Core section 3.1.2.6). */
function requireSilent({ browser }: Scene, transaction: Transaction): void {
  const meant = meantAccount(browser, transaction);
  if (meant.kind === 'sign-in') throw entraError(50058);
  if (meant.kind === 'choose') throw entraError(50058, {}, undefined, { error: 'interaction_required' });
}
