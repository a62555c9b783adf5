// The portal (/portal): one page for all of its addresses, and the files that it loads. It is a client of the APIs like any
// other and gets nothing here but itself.
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { NotFound } from '../../lib/failures.ts';
import { sendPage } from '../pages/answer.ts';
import { html } from '../pages/html.ts';
import { negotiateLanguage } from '../pages/language.ts';
import { textsOf } from '../setup-page/texts.ts';
import { builtAt, noncePlace, openPortal, type Portal } from './files.ts';

export const portalPrefix = '/portal';

/** Mounts the portal. Whether it was built, or built anew, is looked at when it is asked for: a build needs no restart. */
export function portalRoutes(app: FastifyInstance, _services: Services): void {
  let opened: { readonly at: number; readonly portal: Portal | undefined } | undefined;
  const portal = () => {
    const at = builtAt();
    if (at === undefined) return undefined;
    if (opened?.at !== at) opened = { at, portal: openPortal() };
    return opened.portal;
  };
  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    const built = portal();
    return built ? sendPortal(reply, built) : sendNotBuilt(request, reply);
  };
  app.get(portalPrefix, page);
  app.get(`${portalPrefix}/*`, page);
  app.get<{ Params: { '*': string } }>(`${portalPrefix}/assets/*`, async (request, reply) => {
    const { '*': name } = request.params;
    const built = portal();
    const file = built?.find(name);
    if (!built || !file) throw new NotFound(`${portalPrefix}/assets/${name}`);
    const coding = file.codings.find((each) => accepts(request.headers['accept-encoding'], each));
    if (coding) reply.header('content-encoding', coding);
    return reply
      .header('vary', 'accept-encoding')
      .header('content-security-policy', workerPolicy)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(file.type)
      .send(await built.read(name, coding));
  });
}

/** A worker is held by the policy of its own script, not of the page: the query editor's compile nothing and call nobody. */
const workerPolicy = "default-src 'none'; script-src 'self'";

/** Codings are listed by name; one with q=0 is refused (RFC 9110 section 12.5.3). */
function accepts(header: string | string[] | undefined, coding: string): boolean {
  return String(header ?? '')
    .slice(0, 1000)
    .split(',')
    .some((each) => {
      const [name = '', ...parameters] = each.split(';').map((part) => part.trim());
      return name.toLowerCase() === coding && !parameters.some((part) => /^q=0(\.0*)?$/i.test(part));
    });
}

/**
 * Scripts are our own files only. Styles are our own files and the style elements that carry this answer's nonce (Fluent
 * makes them as components appear); style attributes are allowed, because the query editor writes its lines with them.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

function sendPortal(reply: FastifyReply, portal: Portal): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .header('content-security-policy', contentSecurityPolicy(nonce))
    .header('cross-origin-opener-policy', 'same-origin')
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'no-referrer')
    .header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(portal.page.replaceAll(noncePlace, nonce));
}

function sendNotBuilt(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { lang } = request.query as { lang?: unknown }; // A query is an object of texts and lists; the use checks which.
  const language = negotiateLanguage(lang, request.headers['accept-language']);
  const texts = textsOf[language];
  const { portal } = texts;
  const main = html`<article><h1>${portal.notBuiltHeading}</h1><p class="lead">${portal.notBuilt}</p>
<pre><code>npm run portal:build</code></pre></article>`;
  reply.code(503);
  const page = { language, texts, title: portal.notBuiltHeading, languages: null, main, script: null };
  return sendPage(reply, page);
}
