// How every page of the sign-in is sent: inside the frame that all our pages have, with a way to change the language
// that loses nothing of what is being done.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../../context.ts';
import { sendPage } from '../../pages/answer.ts';
import { type Html, html } from '../../pages/html.ts';
import { type Language, languageNames, languageOf, languages, negotiateLanguage } from '../../pages/language.ts';
import { textsOf as frameTextsOf } from '../../setup-page/texts.ts';
import { type Browser, readBrowser } from './session.ts';
import { type Texts, textsOf } from './texts.ts';
import { sealTransaction, type Transaction } from './transaction.ts';

/** One request on the sign-in pages, and what its answer needs. */
export interface Scene {
  readonly services: Services;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly browser: Browser;
  readonly language: Language;
}

/** What a page says, without the frame. */
export interface Screen {
  readonly title: string;
  readonly main: Html;
  readonly status?: number;
}

/** A page with a form: what stands above it and in it. */
export interface Step {
  readonly title: string;
  readonly head: Html;
  readonly body: Html;
  readonly action: StepPath;
  readonly status?: number;
}

/** Where the style is served that only these pages have. */
export const stylePath = '/sign-in/steps.css';

/** Where the forms of the pages go. */
export const stepPaths = {
  signIn: '/sign-in/password',
  account: '/sign-in/account',
  consent: '/sign-in/consent',
  ask: '/sign-in/ask',
  device: '/sign-in/device',
  language: '/sign-in/language',
} as const;
export type StepPath = (typeof stepPaths)[keyof typeof stepPaths];

export async function sceneOf(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<Scene> {
  const browser = await readBrowser(services, request, reply);
  return { services, request, reply, browser, language: askedLanguage(request) };
}

export function wordsOf(scene: Pick<Scene, 'language'>): Texts {
  return textsOf[scene.language];
}

/** `lang` is our own parameter, `ui_locales` that of OpenID Connect, `mkt` that of the documented platform. */
export function askedLanguage(request: FastifyRequest): Language {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const wishes = [query.get('lang'), ...(query.get('ui_locales') ?? '').split(' '), query.get('mkt')];
  const wanted = wishes.map((wish) => (wish ? languageOf(wish) : undefined)).find((each) => each !== undefined);
  return wanted ?? negotiateLanguage(undefined, request.headers['accept-language']);
}

/** A page that ends something or asks nothing that has to be remembered. */
export function show(scene: Scene, screen: Screen, formTargets: readonly string[] = []): FastifyReply {
  return send(scene, screen, languageLinks(scene), null, formTargets);
}

/** The same with a script, which only presses the page's button. */
export function showWithScript(
  scene: Scene,
  screen: Screen,
  script: string,
  formTargets: readonly string[],
): FastifyReply {
  return send(scene, screen, null, script, formTargets);
}

/** A step of a transaction: everything is in one form, the choice of the language too. */
export function showStep(scene: Scene, transaction: Transaction, step: Step): FastifyReply {
  const sealed = sealTransaction(scene.services, scene.browser, transaction);
  const main = html`<article>
${step.head}
<form id="step" method="post" action="${step.action}">
<input type="hidden" name="transaction" value="${sealed}">
${step.body}
</form></article>`;
  return send(scene, { ...step, main }, languageButtons(scene), null, formTargetsOf(transaction));
}

function send(
  scene: Scene,
  { status = 200, title, main }: Screen,
  languageList: Html | null,
  script: string | null,
  formTargets: readonly string[],
): FastifyReply {
  const { language, reply } = scene;
  reply.code(status);
  const texts = frameTextsOf[language];
  const page = {
    language,
    texts,
    title: `${title} – Sallyport`,
    main,
    languages: languageList,
    style: stylePath,
    script,
  };
  return sendPage(reply, page, { formTargets, mayBePopup: true });
}

/** Where the form of this step may end: the app's own redirect URI, which the answer to the form redirects to. */
function formTargetsOf({ flow }: Transaction): string[] {
  const uri =
    flow.kind === 'authorize' ? flow.request.redirectUri : flow.kind === 'admin-consent' ? flow.redirectUri : null;
  return uri === null ? [] : [policySourceOf(uri)];
}

/** A registered redirect URI as a source of a content security policy: an origin, or the scheme of an app of its own. */
export function policySourceOf(uri: string): string {
  const url = new URL(uri);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : url.protocol;
}

function languageButtons({ language }: Scene): Html {
  const items = languages.map(
    (each) =>
      html`<li><button class="quiet" form="step" formaction="${stepPaths.language}" formnovalidate name="lang" value="${each}" lang="${each}"${each === language && html` aria-current="true"`}>${languageNames[each]}</button></li>`,
  );
  return html`<ul class="languages">${items}</ul>`;
}

/** The same address in another language; a page that answers a form has none. */
function languageLinks({ request, language }: Scene): Html | null {
  if (request.method !== 'GET') return null;
  const [path = '/', query = ''] = request.url.split('?');
  const items = languages.map((each) => {
    const parameters = new URLSearchParams(query);
    parameters.set('lang', each);
    return html`<li><a href="${`${path}?${parameters}`}" lang="${each}" hreflang="${each}"${each === language && html` aria-current="true"`}>${languageNames[each]}</a></li>`;
  });
  return html`<ul class="languages">${items}</ul>`;
}
