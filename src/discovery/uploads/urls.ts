// The URLs that files are sent to. They look like those of a blob store with a signature in the query, because that is what
// clients of the documented API hand to their storage libraries. Whoever has one may send that one file and nothing else.
import { randomBytes } from 'node:crypto';
import { isoTime } from '../../lib/clock.ts';
import { isGuid, type TenantId } from '../../lib/ids.ts';
import { equalInConstantTime, sha256Hex } from '../../lib/secrets.ts';

/** First part of the path: the account or container of the storage library that reads the URL. */
export const filesPath = '/discovery-files';

/** What a URL says of itself. */
export interface UploadReference {
  readonly tenantId: TenantId;
  readonly uploadId: string;
  readonly name: string;
  readonly signature: string;
}

const serviceVersion = '2021-12-02';

/** 256 random bits, in letters that a form and a query need not escape. */
export function mintSignature(): { signature: string; secretHash: string } {
  const signature = randomBytes(32).toString('base64url');
  return { signature, secretHash: sha256Hex(signature) };
}

export function isSignatureOf(signature: string, secretHash: string): boolean {
  return equalInConstantTime(sha256Hex(signature), secretHash);
}

/** The file's name as the last part of the URL. */
export function urlNameOf(fileName: string): string {
  return fileName.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
}

/**
 * The URL for one upload below an origin of ours. The signature stands first: clients that send the URL in a form without
 * escaping it lose everything from the first ampersand on.
 */
export function uploadUrl(
  origin: string,
  { tenantId, uploadId, name, signature }: UploadReference,
  expiresAt: number,
): string {
  const expiry = encodeURIComponent(isoTime(expiresAt).replace(/\.\d{3}Z$/, 'Z'));
  const query = `sig=${signature}&sv=${serviceVersion}&se=${expiry}&sr=b&sp=cw`;
  return `${origin}${filesPath}/${tenantId}/${uploadId}/${name}?${query}`;
}

/** What the URL refers to, whatever host it names; undefined when it is none of ours. */
export function parseUploadUrl(text: string): UploadReference | undefined {
  const url = URL.parse(text.trim());
  if (!url || text.length > 4096) return undefined;
  const match = /^\/discovery-files\/([^/]+)\/([^/]+)\/([^/]+)\/?$/.exec(url.pathname);
  const signature = url.searchParams.get('sig');
  return match && signature !== null ? referenceOf(match[1], match[2], match[3], signature) : undefined;
}

/** The parts of a path and its signature, if they may be those of a URL of ours. */
export function referenceOf(tenantId = '', uploadId = '', name = '', signature = ''): UploadReference | undefined {
  if (!isGuid(tenantId) || !/^[0-9a-f]{32}$/.test(uploadId)) return undefined;
  return { tenantId: tenantId.toLowerCase() as TenantId, uploadId, name, signature }; // Checked right here.
}
