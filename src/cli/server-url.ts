import { CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Translate } from './text.ts';

/**
 * The origin of a server as typed: `sallyport.example`, `https://contoso.localhost:8443/portal`. Without a scheme it is
 * https; plain http is for this machine only, because a password would cross the network readable to everyone.
 */
export function parseServerUrl(text: string, t: Translate): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (!url || url.hostname === '' || url.username !== '' || url.password !== '') {
    throw new CliProblem(exitCodes.usage, 'url', t('login.badUrl', { url: text }), [t('login.urlHint')]);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname))) return url.origin;
  throw new CliProblem(exitCodes.usage, 'url', t('login.insecureUrl', { url: text }), [t('login.urlHint')]);
}

function isThisMachine(hostname: string): boolean {
  return /(^|\.)localhost\.?$/.test(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]';
}
