// Signatures after Standard Webhooks (https://www.standardwebhooks.com, "Signature scheme"): HMAC-SHA256 in base64 over
// id, time and body with dots between them, by a secret that is base64 behind "whsec_".
import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';
const secretBytes = 32;

/** A secret as its receiver gets it. */
export function mintWebhookSecret(): string {
  return prefix + randomBytes(secretBytes).toString('base64');
}

/** The header webhook-signature: one signature for each secret, with spaces between them. `seconds` since 1970. */
export function signatureOf(secrets: readonly string[], id: string, seconds: number, body: string): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(prefix.length), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
    })
    .join(' ');
}
