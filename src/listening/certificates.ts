// Certificates for the names we answer to: of an authority of our own in <data folder>/tls, or the operator's files.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigProblem } from '../config.ts';
import { type Clock, dayMs, isoTime } from '../lib/clock.ts';
import type { CertificateAndKey } from './authority.ts';
import { loadCertificateFiles } from './certificate-files.ts';
import { permits } from './name-constraints.ts';
import { type CertifiedNames, type Names, namesToCertify } from './names.ts';

export interface PreparedTls {
  /** PEM, for the options `cert` and `key` of a TLS server. */
  readonly cert: string;
  readonly key: string;
  /** The certificate of our own authority, which clients must trust; null when the operator brings certificates. */
  readonly caFile: string | null;
  /** What the operator should know: a new authority to trust, a certificate that ends soon. */
  readonly notices: readonly string[];
  /**
   * Makes sure that the certificate names these tenants too, and resolves to the new one, for server.setSecureContext;
   * null when the one in use covers them already.
   */
  refresh(slugs: readonly string[]): Promise<CertificateAndKey | null>;
}

type TlsSettings = Pick<Config, 'tls' | 'tlsCertificateFile' | 'tlsKeyFile' | 'dataFolder'>;

/** A certificate with less time than this left is made anew, and one of the operator's is warned about. */
export const renewalDays = 30;

/**
 * Certificate and key for the server, made or checked; null behind a proxy, which brings its own. Throws a
 * ConfigProblem, a sentence that says what to change, when the operator's files do not serve.
 */
export async function prepareTls(
  settings: TlsSettings,
  names: Names,
  tenantSlugs: readonly string[],
  clock: Clock,
): Promise<PreparedTls | null> {
  if (settings.tls === 'proxy') return null;
  if (settings.tls === 'files') {
    const loaded = loadCertificateFiles(settings, names, tenantSlugs, clock());
    return { ...loaded, caFile: null, refresh: async () => null };
  }
  return await prepareLocal(join(settings.dataFolder, 'tls'), names, tenantSlugs, clock);
}

async function prepareLocal(
  folder: string,
  names: Names,
  tenantSlugs: readonly string[],
  clock: Clock,
): Promise<PreparedTls> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const notices: string[] = [];
  const certified = namesToCertify(names, tenantSlugs);
  const authority = await findOrMakeAuthority(folder, certified, clock(), notices);
  const first = await findOrMakeServerCertificate(folder, authority, certified, clock());
  let pending: Promise<unknown> = Promise.resolve();
  return {
    ...first.pair,
    caFile: authority.file,
    notices,
    refresh(slugs) {
      // One after the other: two tenants made at once must not leave a certificate that names only one of them.
      const refreshed = pending.then(async () => {
        const result = await findOrMakeServerCertificate(folder, authority, namesToCertify(names, slugs), clock());
        return result.isNew ? result.pair : null;
      });
      pending = refreshed.catch(() => {});
      return refreshed;
    },
  };
}

interface Authority extends CertificateAndKey {
  readonly file: string;
}

async function findOrMakeAuthority(
  folder: string,
  names: CertifiedNames,
  now: number,
  notices: string[],
): Promise<Authority> {
  const file = join(folder, 'ca.pem');
  const keyFile = join(folder, 'ca-key.pem');
  const found = readPair(file, keyFile);
  const fault = found === undefined ? undefined : authorityFault(found, names, now, folder);
  if (found !== undefined && fault === undefined) return { ...found, file };
  const { makeAuthority } = await import('./authority.ts');
  const made = await makeAuthority(names, now);
  writePair(file, keyFile, made);
  if (fault !== undefined) {
    notices.push(
      `The local certificate authority was made anew, because ${fault}. Trust ${file} again on your clients.`,
    );
  }
  return { ...made, file };
}

/** Why an authority cannot go on serving, as a clause; undefined when it can. */
function authorityFault(
  pair: CertificateAndKey,
  names: CertifiedNames,
  now: number,
  folder: string,
): string | undefined {
  const certificate = parseMatching(pair);
  if (!certificate) return 'its files did not belong together';
  if (certificate.validFromDate.getTime() > now) {
    // Replacing it would throw away what clients trust, for the sake of a clock that is about to be set right.
    throw new ConfigProblem(
      `This machine's clock says ${isoTime(now)}, which is before the certificate authority in ${folder} was made. ` +
        'Set the clock right and start again.',
    );
  }
  if (certificate.validToDate.getTime() - now < renewalDays * dayMs) return 'the old one was about to end';
  if (!permits(certificate.raw, names)) return 'the old one may not certify all the host names that are configured now';
  return undefined;
}

async function findOrMakeServerCertificate(
  folder: string,
  authority: Authority,
  names: CertifiedNames,
  now: number,
): Promise<{ pair: CertificateAndKey; isNew: boolean }> {
  const file = join(folder, 'server.pem');
  const keyFile = join(folder, 'server-key.pem');
  const found = readPair(file, keyFile);
  if (found && serves(found, authority, names, now)) return { pair: found, isNew: false };
  const { makeServerCertificate } = await import('./authority.ts');
  const made = await makeServerCertificate(authority, names, now);
  writePair(file, keyFile, made);
  return { pair: made, isNew: true };
}

/** True when the certificate is the authority's, names exactly these names, and has enough time left. */
function serves(pair: CertificateAndKey, authority: Authority, names: CertifiedNames, now: number): boolean {
  const certificate = parseMatching(pair);
  if (!certificate) return false;
  const issuer = new X509Certificate(authority.cert);
  const endsAt = certificate.validToDate.getTime();
  const endsWithIssuer = endsAt === issuer.validToDate.getTime();
  return (
    certificate.verify(issuer.publicKey) &&
    certificate.validFromDate.getTime() <= now &&
    (endsAt - now >= renewalDays * dayMs || (endsWithIssuer && endsAt > now)) &&
    sameNames(certificate.subjectAltName ?? '', names)
  );
}

function sameNames(subjectAltName: string, { dns, addresses }: CertifiedNames): boolean {
  const named = subjectAltName.split(', ').map((entry) => {
    const [kind, value = ''] = [entry.slice(0, entry.indexOf(':')), entry.slice(entry.indexOf(':') + 1)];
    return kind === 'IP Address' ? new URL(`http://${value.includes(':') ? `[${value}]` : value}`).hostname : value;
  });
  const wanted = [...dns, ...addresses.map((address) => (address.includes(':') ? `[${address}]` : address))];
  return named.toSorted().join() === wanted.toSorted().join();
}

/** The certificate, when it can be read and the key is its own. */
function parseMatching(pair: CertificateAndKey): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pair.cert);
    return certificate.checkPrivateKey(createPrivateKey(pair.key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function readPair(file: string, keyFile: string): CertificateAndKey | undefined {
  if (!existsSync(file) || !existsSync(keyFile)) return undefined;
  if ((statSync(keyFile).mode & 0o077) !== 0) chmodSync(keyFile, 0o600);
  return { cert: readFileSync(file, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** Key first: a start that is cut off between the two leaves a pair that does not match, which is made anew. */
function writePair(file: string, keyFile: string, pair: CertificateAndKey): void {
  replaceFile(keyFile, pair.key, 0o600);
  replaceFile(file, pair.cert, 0o644);
}

function replaceFile(file: string, content: string, mode: number): void {
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, content, { mode });
  chmodSync(temporary, mode);
  renameSync(temporary, file);
}
