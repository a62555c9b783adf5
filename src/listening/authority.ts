// Makes the local certificate authority and the server's certificate. Loaded only when one of them is to be made: the
// library takes longer to load than the rest of a start.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { dayMs } from '../lib/clock.ts';
import { encodeNameConstraints, nameConstraintsOid, permittedFor } from './name-constraints.ts';
import type { CertifiedNames } from './names.ts';

export interface CertificateAndKey {
  /** PEM of the certificate. */
  readonly cert: string;
  /** PEM of the private key (PKCS #8). */
  readonly key: string;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };

const authorityYears = 10;
/** Browsers refuse server certificates that are valid for longer than 398 days. */
const serverDaysMax = 397;
/** Certificates begin a day early, so that a client whose clock is a little slow accepts them at once. */
const backdatedMs = dayMs;

/** A new authority that may certify these names and no others, valid for ten years. */
export async function makeAuthority(names: CertifiedNames, now: number): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Two authorities with one name but different keys confuse the trust stores of several systems.
    name: `CN=Sallyport local authority ${randomBytes(3).toString('hex')}, O=Sallyport`,
    serialNumber: newSerialNumber(),
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + authorityYears * 365 * dayMs),
    signingAlgorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new Extension(nameConstraintsOid, true, encodeNameConstraints(permittedFor(names))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** A certificate of the authority for the names, never outliving the authority. */
export async function makeServerCertificate(
  authority: CertificateAndKey,
  names: CertifiedNames,
  now: number,
): Promise<CertificateAndKey> {
  const issuer = new X509Certificate(authority.cert);
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const notAfter = Math.min(now - backdatedMs + serverDaysMax * dayMs, issuer.notAfter.getTime());
  const alternativeNames: JsonGeneralName[] = [
    ...names.dns.map((value) => ({ type: 'dns' as const, value })),
    ...names.addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=Sallyport server, O=Sallyport',
    issuer: issuer.subject,
    serialNumber: newSerialNumber(),
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(notAfter),
    signingAlgorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(alternativeNames),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** 127 random bits: positive, as RFC 5280 section 4.1.2.2 demands, and never the same twice. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), keyAlgorithm, false, ['sign']);
}
