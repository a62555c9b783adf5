// Where sign-in pages may send people back to. A redirect URI receives codes and tokens, so the rules are narrow: exact
// match, except for the port of a loopback address (Entra reference 4.3; RFC 8252 section 7.3; RFC 9700 section 2.1).
import { InvalidInput } from '../lib/failures.ts';

export type RedirectUriType = 'web' | 'spa' | 'publicClient';
export const redirectUriTypes: readonly RedirectUriType[] = ['web', 'spa', 'publicClient'];

export type RedirectUris = Readonly<Record<RedirectUriType, readonly string[]>>;

export const noRedirectUris: RedirectUris = { web: [], spa: [], publicClient: [] };

const lengthMax = 256;

/** Schemes that run, show or read something instead of handing the answer to an app. */
const dangerousSchemes = new Set([
  'about',
  'blob',
  'chrome',
  'data',
  'file',
  'filesystem',
  'ftp',
  'ftps',
  'javascript',
  'mailto',
  'tel',
  'vbscript',
  'view-source',
  'ws',
  'wss',
]);

/** `http` with one of the loopback names; what stands between them and the path is the port. */
const loopbackPattern = /^http:\/\/(localhost|127\.0\.0\.1)(?::(\d{1,5}))?((?:[/?].*)?)$/;

/** A redirect URI that may be registered, exactly as it was given. Throws InvalidInput that names `field`. */
export function parseRedirectUri(field: string, type: RedirectUriType, text: string): string {
  const problem = problemOf(type, text);
  if (problem !== undefined) throw new InvalidInput(field, `${shown(text)}: ${problem}`);
  return text;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function problemOf(type: RedirectUriType, text: string): string | undefined {
  if (text === '' || text.length > lengthMax) return `A redirect URI has 1 to ${lengthMax} characters.`;
  if (/[^!-~]/.test(text)) return 'A redirect URI has printable ASCII characters only, without spaces.';
  if (/[!$'(),;]/.test(text)) return "A redirect URI must not have any of the characters ! $ ' ( ) , ;";
  if (/[*<>"\\^`{|}]/.test(text)) return 'A redirect URI has no wildcard and none of < > " \\ ^ ` { | }.';
  if (text.includes('#')) return 'A redirect URI has no fragment.';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  const url = URL.parse(text);
  if (scheme === undefined || url === null) return 'This is no absolute URI.';
  if (scheme !== 'https' && scheme !== 'http') return problemOfScheme(type, scheme);
  if (!text.toLowerCase().startsWith(`${scheme}://`)) return 'This is no absolute URI.';
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?]*@/.test(text)) {
    return 'A redirect URI holds no user name.';
  }
  if (/\/\.{1,2}(?:[/?]|$)|%2e/i.test(text.replace(/\?.*$/, '')))
    return 'A redirect URI has no segments . and .. in it.';
  // A parser would decode it, and so would read another host than everybody else.
  if (/^[^/]*\/\/[^/?]*%/.test(text)) return 'The host of a redirect URI is written without % signs.';
  if (url.hostname.startsWith('[')) return 'IPv6 addresses are not supported; use http://localhost or a host name.';
  if (scheme === 'http' && !loopbackPattern.test(text)) {
    return 'http is for http://localhost and http://127.0.0.1 only. Use https.';
  }
  return undefined;
}

/** Custom schemes belong to apps on a device, which claim them there (RFC 8252 section 7.1). */
function problemOfScheme(type: RedirectUriType, scheme: string): string | undefined {
  if (type !== 'publicClient') return 'Use https; a custom scheme is for public clients only.';
  if (dangerousSchemes.has(scheme)) return `The scheme ${scheme} cannot receive an answer.`;
  return undefined;
}

export interface RedirectMatch {
  readonly type: RedirectUriType;
  /** The registered URI that fits; where to go is the one that was given. */
  readonly registered: string;
}

/**
 * The registration that allows sending somebody to `given`. Exact text, except that the port of a loopback URI does not
 * count and its empty path is `/`. Undefined: nobody may be sent there.
 */
export function matchRedirectUri(registered: RedirectUris, given: string): RedirectMatch | undefined {
  const loopback = withoutPort(given);
  for (const type of redirectUriTypes) {
    for (const each of registered[type]) {
      if (each === given || (loopback !== undefined && withoutPort(each) === loopback))
        return { type, registered: each };
    }
  }
  return undefined;
}

function withoutPort(text: string): string | undefined {
  // What would not be registered is not followed either, whatever its port.
  const parts = loopbackPattern.exec(text);
  if (!parts || problemOf('web', text) !== undefined) return undefined;
  const [, host = '', , rest = ''] = parts;
  return `http://${host}${rest.startsWith('/') ? rest : `/${rest}`}`;
}

/** All three lists, each without doubles. Throws InvalidInput that names the list. */
export function parseRedirectUris(
  given: Partial<Record<RedirectUriType, readonly string[]>>,
  current: RedirectUris,
  uris: { readonly max: number },
): RedirectUris {
  const lists = { ...current };
  for (const type of redirectUriTypes) {
    const texts = given[type];
    if (texts) lists[type] = [...new Set(texts.map((text) => parseRedirectUri(`redirectUris.${type}`, type, text)))];
  }
  const count = redirectUriTypes.reduce((sum, type) => sum + lists[type].length, 0);
  if (count > uris.max) {
    throw new InvalidInput('redirectUris', `An application has at most ${uris.max} redirect URIs in all.`);
  }
  return lists;
}
