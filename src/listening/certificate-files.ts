// The operator's own certificate (tls=files): every fault is found before the server listens, and said as a sentence.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Config, ConfigProblem } from '../config.ts';
import { dayMs, isoTime } from '../lib/clock.ts';
import { isAddress } from './host-header.ts';
import type { Names } from './names.ts';
import { vendorHosts, vendorTenantParents } from './vendor-hosts.ts';

interface LoadedFiles {
  readonly cert: string;
  readonly key: string;
  readonly notices: readonly string[];
}

/** Warned about from here on. */
const endsSoonDays = 30;

/** Stands for the tenants that do not exist yet, when a certificate is asked whether it covers them. */
const anyTenant = 'any-tenant';

/** Loads certificate chain and key and checks that they serve these names now. Throws a ConfigProblem when not. */
export function loadCertificateFiles(
  settings: Pick<Config, 'tlsCertificateFile' | 'tlsKeyFile'>,
  names: Names,
  tenantSlugs: readonly string[],
  now: number,
): LoadedFiles {
  const { tlsCertificateFile: certFile, tlsKeyFile: keyFile } = settings;
  if (certFile === null || keyFile === null) {
    throw new ConfigProblem('tls is files, so tlsCertificateFile and tlsKeyFile must both be set.');
  }
  const cert = read(certFile, 'tlsCertificateFile');
  const key = read(keyFile, 'tlsKeyFile');
  const chain = parseChain(cert, certFile);
  const [leaf] = chain;
  if (!leaf) throw new ConfigProblem(`tlsCertificateFile ${certFile} holds no PEM certificate.`);
  if (!leaf.checkPrivateKey(parseKey(key, keyFile))) {
    throw new ConfigProblem(
      `The key in ${keyFile} does not belong to the first certificate in ${certFile}. ` +
        "Put the server's own certificate first, or name the key that it was made with.",
    );
  }
  checkTimes(leaf, certFile, now);
  const notices = [...checkNames(leaf, certFile, names, tenantSlugs), ...describeChain(chain, certFile)];
  const daysLeft = Math.floor((leaf.validToDate.getTime() - now) / dayMs);
  if (daysLeft < endsSoonDays) notices.push(`The certificate in ${certFile} ends in ${daysLeft} days. Renew it.`);
  return { cert, key, notices };
}

function read(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') throw new ConfigProblem(`${setting} names ${file}, which does not exist.`);
    if (code === 'EACCES') throw new ConfigProblem(`${setting} names ${file}, which this process may not read.`);
    throw new ConfigProblem(`${setting} names ${file}, which cannot be read (${code || String(error)}).`);
  }
}

function parseChain(text: string, file: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new ConfigProblem(
        `Certificate ${index + 1} in tlsCertificateFile ${file} cannot be read. Export it as PEM again.`,
      );
    }
  });
}

function parseKey(text: string, file: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text)) {
    throw new ConfigProblem(
      `The key in tlsKeyFile ${file} is encrypted. Write it without a pass phrase (openssl pkey -in ${file} -out server-key.pem) and protect the file.`,
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    throw new ConfigProblem(`tlsKeyFile ${file} holds no PEM private key.`);
  }
}

function checkTimes(leaf: X509Certificate, file: string, now: number): void {
  const [from, to] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  if (from > now) {
    throw new ConfigProblem(
      `The certificate in ${file} is valid from ${isoTime(from)} only. Check this machine's clock, or use another certificate.`,
    );
  }
  if (to <= now) throw new ConfigProblem(`The certificate in ${file} ended at ${isoTime(to)}. Renew it.`);
}

function checkNames(leaf: X509Certificate, file: string, names: Names, tenantSlugs: readonly string[]): string[] {
  const host = names.genericHost;
  const wildcardAdvice = `Use a certificate for ${host} and *.${host}.`;
  if (!covers(leaf, host)) {
    throw new ConfigProblem(`The certificate in ${file} does not name ${host}. ${wildcardAdvice}`);
  }
  const uncovered = tenantSlugs.map((slug) => `${slug}.${host}`).filter((name) => !covers(leaf, name));
  if (uncovered.length > 0) {
    throw new ConfigProblem(`The certificate in ${file} does not name ${listed(uncovered)}. ${wildcardAdvice}`);
  }
  const notices: string[] = [];
  if (!covers(leaf, `${anyTenant}.${host}`)) {
    notices.push(
      `The certificate in ${file} names only the tenants there are. ${wildcardAdvice} Else every new tenant needs a new one.`,
    );
  }
  const others = [...names.aliases, ...(names.answersVendorHosts ? vendorNames() : [])].filter(
    (name) => !covers(leaf, name),
  );
  if (others.length > 0) {
    notices.push(
      `The certificate in ${file} does not name ${listed(others)}, so clients will refuse us under those names.`,
    );
  }
  return notices;
}

function vendorNames(): string[] {
  return [...vendorHosts, ...vendorTenantParents.map((parent) => `${anyTenant}.${parent}`)];
}

/** By the alternative names only: no client looks at the common name any more (RFC 9110 section 4.3.4). */
function covers(leaf: X509Certificate, name: string): boolean {
  if (isAddress(name)) return leaf.checkIP(name) !== undefined;
  return leaf.checkHost(name, { subject: 'never' }) !== undefined;
}

/** The first few, so that a sentence stays one. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more names` : shown;
}

function describeChain(chain: readonly X509Certificate[], file: string): string[] {
  const broken = chain.findIndex((each, index) => {
    const issuer = chain[index + 1];
    return issuer !== undefined && !each.checkIssued(issuer);
  });
  if (broken < 0) return [];
  return [
    `In ${file}, certificate ${broken + 2} did not issue certificate ${broken + 1}, so some clients will not find the way to ` +
      'their root. Order them: server, intermediates.',
  ];
}
