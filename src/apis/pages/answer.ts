import type { FastifyReply } from 'fastify';
import { layout, type Page } from './layout.ts';

/**
 * The policy of a page: own scripts and styles, no frame around it, forms to ourselves. `formTargets` are further places
 * that a form may lead to: browsers hold the redirect that answers a form to form-action too (CSP 3 section 6.4.1.1).
 */
function contentSecurityPolicy(formTargets: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    ["form-action 'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

export interface PageRules {
  /** Places besides ourselves that a form of this page may lead to, as CSP sources. */
  readonly formTargets?: readonly string[];
  /** True for pages that an app's page opens as a pop-up and watches: both then stay in one browsing context group. */
  readonly mayBePopup?: boolean;
}

/** Sends a page with the headers that every page has; the caller sets the status. */
export function sendPage(reply: FastifyReply, page: Page, rules: PageRules = {}): FastifyReply {
  if (!rules.mayBePopup) reply.header('cross-origin-opener-policy', 'same-origin');
  return reply
    .header('content-security-policy', contentSecurityPolicy(rules.formTargets ?? []))
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language')
    .header('content-language', page.language)
    .type('text/html; charset=utf-8')
    .send(layout(page));
}
