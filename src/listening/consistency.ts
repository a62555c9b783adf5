// Settings that are each valid and together make no sense. Everything is said at once, before anything is opened.
import type { Config } from '../config.ts';
import { isInRanges, normaliseRange } from '../lib/addresses.ts';
import { readNamedDays } from '../lib/named-days.ts';
import { isAddress, normaliseHost } from './host-header.ts';

export type ListeningSettings = Pick<
  Config,
  | 'tls'
  | 'tlsCertificateFile'
  | 'tlsKeyFile'
  | 'publicUrl'
  | 'hostAliases'
  | 'listenAddress'
  | 'trustedProxies'
  | 'metricsFrom'
  | 'webhookAllowedRanges'
  | 'externalSignInAllowedRanges'
  | 'databaseUrl'
  | 'mailHost'
  | 'mailTls'
  | 'mailUser'
  | 'isDemo'
  | 'huntingKeepDaysOf'
>;

export interface Consistency {
  /** Each a sentence or two: what is wrong with which settings, and what to change. The server does not start with any. */
  readonly problems: readonly string[];
  /** Likely mistakes that the server starts with. */
  readonly warnings: readonly string[];
}

export function checkConsistency(settings: ListeningSettings): Consistency {
  const problems = [
    ...tlsProblems(settings),
    ...publicUrlProblems(settings),
    ...proxyProblems(settings),
    ...rangeProblems('trustedProxies', settings.trustedProxies),
    ...rangeProblems('metricsFrom', settings.metricsFrom),
    ...rangeProblems('webhookAllowedRanges', settings.webhookAllowedRanges),
    ...rangeProblems('externalSignInAllowedRanges', settings.externalSignInAllowedRanges),
    ...aliasProblems(settings),
    ...addressProblems(settings),
    ...databaseProblems(settings),
    ...mailProblems(settings),
    ...keepDaysProblems(settings),
  ];
  return { problems, warnings: problems.length > 0 ? [] : [...reachabilityWarnings(settings)] };
}

function* tlsProblems({ tls, tlsCertificateFile, tlsKeyFile }: ListeningSettings): Generator<string> {
  const files = { tlsCertificateFile, tlsKeyFile };
  for (const [name, file] of Object.entries(files)) {
    if (tls === 'files' && file === null) {
      yield `tls is files, but ${name} is not set. Set it to a PEM file, or set tls to local-ca or proxy.`;
    }
    if (tls !== 'files' && file !== null) {
      yield `${name} is set, but tls is ${tls}, which does not use it. Set tls to files, or remove ${name}.`;
    }
  }
}

function* publicUrlProblems({ publicUrl, tls }: ListeningSettings): Generator<string> {
  const example = 'Write it like https://sallyport.example.com.';
  if (publicUrl === null) {
    if (tls === 'proxy') {
      yield 'tls is proxy, but publicUrl is not set. Set it to the https URL under which the proxy is reached.';
    }
    return;
  }
  const url = URL.parse(publicUrl);
  if (!url || url.hostname === '' || normaliseHost(url.hostname) === undefined) {
    yield `publicUrl "${publicUrl}" is not a URL with a host name. ${example}`;
    return;
  }
  if (url.protocol !== 'https:') {
    yield tls === 'proxy'
      ? `publicUrl must begin with https:// although tls is proxy: it is the URL that clients use, in front of the proxy.`
      : `publicUrl must begin with https://, since tls is ${tls}. ${example}`;
  }
  if (url.username !== '' || url.password !== '') yield `publicUrl must not carry a user name or password. ${example}`;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]$/.test(publicUrl)) {
    yield `publicUrl must not have a path, a query or a fragment: the APIs' paths begin at the host. ${example}`;
  }
  const host = normaliseHost(url.hostname);
  if (host !== undefined && isAddress(host)) {
    yield `publicUrl names the address ${host}, below which tenants cannot have hosts. Use a host name there, and list the address in hostAliases.`;
  }
}

function* proxyProblems(settings: ListeningSettings): Generator<string> {
  if (settings.tls === 'proxy' && settings.trustedProxies.length === 0) {
    yield 'tls is proxy, but trustedProxies is empty: every client would seem to be the proxy, for lock-out, allowed addresses, metrics ' +
      'and audit alike. Set trustedProxies to the address of the proxy, such as 127.0.0.1 for one on this machine.';
  }
  if (settings.isDemo && settings.tls !== 'local-ca') {
    yield `The demo makes its own certificates, but tls is ${settings.tls}. Remove that setting, or run "sallyport serve".`;
  }
}

function* rangeProblems(name: string, ranges: readonly string[]): Generator<string> {
  for (const range of ranges) {
    if (normaliseRange(range) === undefined) {
      yield `"${range}" in ${name} is neither an address nor a CIDR range. Write it like 192.0.2.0/24 or 2001:db8::/32.`;
    }
  }
}

function* aliasProblems({ hostAliases }: ListeningSettings): Generator<string> {
  for (const alias of hostAliases) {
    if (normaliseHost(alias) === undefined) {
      yield `"${alias}" in hostAliases is not a host name or address. Write names only, without scheme, port or path.`;
    }
  }
}

function* addressProblems({ listenAddress }: ListeningSettings): Generator<string> {
  const host = normaliseHost(listenAddress);
  if (listenAddress !== 'localhost' && (host === undefined || !isAddress(host))) {
    yield `listenAddress "${listenAddress}" is not an address of a machine. Use 127.0.0.1, 0.0.0.0, ::, or one of this machine's.`;
  }
}

function* databaseProblems({ databaseUrl, isDemo }: ListeningSettings): Generator<string> {
  if (databaseUrl === null) return;
  // The value holds a password, so the sentences do not repeat it.
  const url = URL.parse(databaseUrl);
  if (!url || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')) {
    yield 'databaseUrl is not a postgres:// URL. Write it like postgres://user:password@host:5432/sallyport, or remove it to use SQLite.';
  }
  if (isDemo) yield 'The demo uses its embedded store, but databaseUrl is set. Remove it, or run "sallyport serve".';
}

function* mailProblems(settings: ListeningSettings): Generator<string> {
  if (sendsPasswordInClear(settings)) {
    yield 'mailTls is none, but mailUser is set: its password would travel in clear. Set mailTls to starttls or tls, ' +
      'remove mailUser, or name a relay on this machine as mailHost.';
  }
}

/** True when the password for the SMTP server would leave this machine in clear (RFC 4954 section 4 forbids that). */
export function sendsPasswordInClear({
  mailHost,
  mailTls,
  mailUser,
}: Pick<Config, 'mailHost' | 'mailTls' | 'mailUser'>): boolean {
  return mailHost !== null && mailTls === 'none' && mailUser !== null && !isLoopback(mailHost);
}

function* reachabilityWarnings(settings: ListeningSettings): Generator<string> {
  const host = settings.publicUrl === null ? 'localhost' : new URL(settings.publicUrl).hostname;
  const isPublic = !(host === 'localhost' || host.endsWith('.localhost'));
  if (isPublic && settings.tls !== 'proxy' && isLoopback(settings.listenAddress)) {
    yield `publicUrl is ${settings.publicUrl}, but listenAddress is ${settings.listenAddress}: only this machine can connect. ` +
      'Set listenAddress to 0.0.0.0 (or ::) if others shall.';
  }
  if (!isPublic && !isLoopback(settings.listenAddress)) {
    yield `listenAddress is ${settings.listenAddress}, but clients elsewhere cannot use the name ${host}: every other host name gets 421. ` +
      'Set publicUrl to the name that they use.';
  }
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || isInRanges(address.replace(/^\[|\]$/g, ''), ['127.0.0.0/8', '::1/128']);
}

function* keepDaysProblems({ huntingKeepDaysOf }: ListeningSettings): Generator<string> {
  const { wrong } = readNamedDays(huntingKeepDaysOf);
  // What is wrong must not mean that data go sooner than somebody wished.
  if (wrong.length > 0) {
    yield `huntingKeepDaysOf has ${wrong.join(', ')}. Write each as slug=days with 1 to 36500 days, like contoso=1095.`;
  }
}
