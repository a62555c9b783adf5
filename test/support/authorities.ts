// Certificate authorities as organisations run them: a root that is trusted, an authority below it that signs, and
// certificates of servers that are good or wrong in one way.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { dayMs } from '../../src/lib/clock.ts';

/** PEM, for the options of a TLS server. */
export interface ServerPair {
  /** The server's certificate and those between it and the root. */
  readonly cert: string;
  readonly key: string;
}

export interface Leaf {
  /** Host names that it is for. */
  readonly names?: readonly string[];
  /** When it ends; in a year unless given. */
  readonly endsAt?: number;
  /** It is a client's: it may not serve. */
  readonly isClient?: boolean;
  /** False: the server forgets to send the authority between. */
  readonly isWhole?: boolean;
}

export interface TestAuthority {
  /** PEM of the root, which clients trust. */
  readonly root: string;
  serverPair(leaf?: Leaf): Promise<ServerPair>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const serial = () => `40${randomBytes(15).toString('hex')}`;
const authorityExtensions = (pathLength: number) => [
  new BasicConstraintsExtension(true, pathLength, true),
  new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
];

export async function makeTestAuthority(): Promise<TestAuthority> {
  const now = Date.now(); // TLS looks at the real clock.
  const life = { notBefore: new Date(now - 30 * dayMs), notAfter: new Date(now + 3650 * dayMs) };
  const rootKeys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    ...life,
    name: `CN=Test root ${randomBytes(4).toString('hex')}`,
    serialNumber: serial(),
    signingAlgorithm: signing,
    keys: rootKeys,
    extensions: authorityExtensions(1),
  });
  const issuingKeys = await newKeys();
  const issuing = await X509CertificateGenerator.create({
    ...life,
    subject: `CN=Test issuing ${randomBytes(4).toString('hex')}`,
    issuer: root.subject,
    serialNumber: serial(),
    publicKey: issuingKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: signing,
    extensions: authorityExtensions(0),
  });
  return {
    root: root.toString('pem'),
    async serverPair({ names = ['localhost'], endsAt = now + 365 * dayMs, isWhole = true, isClient = false } = {}) {
      const keys = await newKeys();
      const leaf = await X509CertificateGenerator.create({
        subject: 'CN=Test receiver',
        issuer: issuing.subject,
        serialNumber: serial(),
        notBefore: life.notBefore,
        notAfter: new Date(endsAt),
        publicKey: keys.publicKey,
        signingKey: issuingKeys.privateKey,
        signingAlgorithm: signing,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([isClient ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
        ],
      });
      const chain = isWhole ? [leaf, issuing] : [leaf];
      return { cert: chain.map(pemOf).join(''), key: await keyPem(keys.privateKey) };
    },
  };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
