// The pages of the server itself, before there is a portal: what runs here, and the one-time set-up. They work without
// script; with it the set-up code is taken from the link's fragment, which never reaches the server as part of a URL.
import { readFileSync } from 'node:fs';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import type { Services } from '../../context.ts';
import { awaitsFirstSetup, completeSetup } from '../../directory/setup.ts';
import { genericUrl, resolveHost } from '../../listening/names.ts';
import { arrivalOf, begunOf } from '../arrival.ts';
import { sendPage as sendAnyPage } from '../pages/answer.ts';
import { refuseForeignForms } from '../pages/foreign-forms.ts';
import { type Html, html } from '../pages/html.ts';
import { type Language, languageNames, languages, negotiateLanguage } from '../pages/language.ts';
import { pageIconPath, pageStylePath } from '../pages/layout.ts';
import { builtAt } from '../portal/files.ts';
import { portalPrefix } from '../portal/routes.ts';
import { type FormField, type FormProblem, formFields, formProblem, otherProblem } from './form-errors.ts';
import { landingPage } from './landing-page.ts';
import { doneArticle, setupForm } from './setup-form.ts';
import { type Texts, textsOf } from './texts.ts';

const formBytesMax = 16_384;

/** Mounts `/`, `/setup` and what these pages load. */
export async function setupPages(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(formbody, { bodyLimit: formBytesMax });
  app.setErrorHandler((error, request, reply) => answerError(services, error, request, reply));

  app.get('/', async (request, reply) => {
    const { language, texts } = readerOf(request);
    const url = resolveHost(services.names, request.headers.host).canonicalOrigin;
    const awaitsSetup = await awaitsFirstSetup(services);
    // Who opens this in a browser wants the portal; programs and people with curl get the page that tells how to go on.
    if (!awaitsSetup && request.headers['sec-fetch-dest'] === 'document' && builtAt() !== undefined) {
      return reply.redirect(`${portalPrefix}/`, 303);
    }
    const main = landingPage(texts, { url, awaitsSetup, hasOwnAuthority: services.config.tls === 'local-ca' });
    return sendPage(reply, { language, texts, title: texts.landing.title, path: '/', main, hasScript: false });
  });

  app.get('/setup', async (request, reply) => sendForm(services, request, reply, 200, {}, null));
  app.post('/setup', async (request, reply) => takeForm(services, request, reply));

  for (const [path, file, type] of assets) {
    const content = readFileSync(new URL(file, import.meta.url));
    app.get(path, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type(type).send(content),
    );
  }
}

const scriptPath = '/setup/page.js';
const assets = [
  [pageStylePath, '../pages/assets/page.css', 'text/css; charset=utf-8'],
  [pageIconPath, '../pages/assets/icon.svg', 'image/svg+xml'],
  [scriptPath, './assets/page.js', 'text/javascript; charset=utf-8'],
] as const;

function readerOf(request: FastifyRequest): { language: Language; texts: Texts } {
  const { lang } = request.query as { lang?: unknown }; // A query is an object of texts and lists; the use checks which.
  const language = negotiateLanguage(lang, request.headers['accept-language']);
  return { language, texts: textsOf[language] };
}

interface SetupPage {
  readonly language: Language;
  readonly texts: Texts;
  readonly title: string;
  /** Path that the language links lead to. */
  readonly path: '/' | '/setup';
  readonly main: Html;
  readonly hasScript: boolean;
}

function sendPage(reply: FastifyReply, { path, hasScript, ...page }: SetupPage): FastifyReply {
  const links = languages.map(
    (each) =>
      html`<li><a href="${path}?lang=${each}" lang="${each}" hreflang="${each}"${each === page.language && html` aria-current="true"`}>${languageNames[each]}</a></li>`,
  );
  return sendAnyPage(reply, {
    ...page,
    languages: html`<ul class="languages">${links}</ul>`,
    script: hasScript ? scriptPath : null,
  });
}

async function sendForm(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  typed: Partial<Record<FormField, string>>,
  problem: FormProblem | null,
): Promise<FastifyReply> {
  const { language, texts } = readerOf(request);
  const main: Html = setupForm(texts, {
    isFirst: await awaitsFirstSetup(services),
    genericHost: new URL(genericUrl(services.names)).host,
    passwordLengthMin: services.config.passwordLengthMin,
    typed,
    problem,
  });
  reply.code(status);
  return sendPage(reply, { language, texts, title: texts.form.title, path: '/setup', main, hasScript: true });
}

/** The form as a browser without script sends it. The answer is the same page with what is wrong, or the end of it. */
async function takeForm(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const typed = typedFields(request.body);
  try {
    refuseForeignForms(services.names, request);
    const { origin, correlationId } = arrivalOf(request);
    const { code = '', userDisplayName = '', userName = '', password = '', displayName, slug, domain } = typed;
    const input = { code, userDisplayName, userName, password, displayName, slug, domain };
    const { tenant, user, url } = await completeSetup(services, origin, correlationId, input);
    const { language, texts } = readerOf(request);
    const main = doneArticle(texts, {
      organisation: tenant.displayName,
      userName: user.userName,
      url,
      signInUrl: genericUrl(services.names),
    });
    return sendPage(reply, { language, texts, title: texts.done.title, path: '/setup', main, hasScript: false });
  } catch (error) {
    const problem = formProblem(error);
    if (!problem) throw error;
    noteRefusal(request, reply, error);
    return sendForm(services, request, reply, problem.status, typed, problem);
  }
}

/** What came of the form's own fields; whatever else came is not looked at. */
function typedFields(body: unknown): Partial<Record<FormField, string>> {
  if (typeof body !== 'object' || body === null) return {};
  const sent = new Map(Object.entries(body));
  const typed: Partial<Record<FormField, string>> = {};
  for (const name of formFields) {
    const value: unknown = sent.get(name);
    if (typeof value === 'string') typed[name] = value;
  }
  return typed;
}

function noteRefusal(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  if (!(error instanceof Refusal)) return;
  const { gate, correlationId } = begunOf(request);
  const { origin, method, path } = arrivalOf(request);
  gate.refusals.note({
    correlationId,
    origin,
    surface: 'management',
    method,
    path,
    details: error.details,
  });
  const { retryAfterSeconds } = error.details;
  if (retryAfterSeconds) reply.header('retry-after', String(retryAfterSeconds));
}

/** Errors that are not the person's: the form again, with the sentence that nothing was changed. */
async function answerError(
  services: Services,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 500)
    request.log.error({ err: error, correlationId: begunOf(request).correlationId }, 'unexpected error');
  return await sendForm(services, request, reply, status, {}, otherProblem);
}
