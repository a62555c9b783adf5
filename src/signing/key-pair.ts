// Makes a key pair with the certificate that names it. Loaded only when a key is to be made: the library takes longer to
// load than the rest of a start.
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509';
import { dayMs } from '../lib/clock.ts';

export interface KeyPair {
  /** `kid` and `x5t`: base64url SHA-1 of the certificate (reference 1.4, RFC 7515 section 4.1.7). */
  readonly id: string;
  /** Base64 DER. */
  readonly certificate: string;
  /** PKCS #8 PEM. */
  readonly privateKey: string;
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

/** An RSA-2048 key with a self-signed certificate that is valid for `days` from a day before `now`. */
export async function makeKeyPair(now: number, days: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const serial = randomBytes(16);
  // Positive and not zero (RFC 5280 section 4.1.2.2).
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const made = await X509CertificateGenerator.createSelfSigned({
    name: `CN=Sallyport token signing ${serial.toString('hex', 0, 4)}, O=Sallyport`,
    serialNumber: serial.toString('hex'),
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + days * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
  });
  const der = Buffer.from(made.rawData);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    id: createHash('sha1').update(der).digest('base64url'),
    certificate: der.toString('base64'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`,
  };
}
