// The credential in a request's Authorization header, read and hashed once for each connection: programs keep theirs
// open and send the same header with every call, and hashing it costs more than everything else that the gate does.
import { timingSafeEqual } from 'node:crypto';
import { sha256Hex } from '../lib/secrets.ts';

/** A credential as it came; nothing of it is checked yet. */
export interface Presented {
  readonly scheme: 'token' | 'bearer';
  /** Empty when nothing stands behind the scheme. */
  readonly value: string;
  /** SHA-256 of the value, in hex. */
  readonly hash: string;
}

/** What is remembered of a connection: the header that it brought last. */
export interface PresentedBefore {
  before?: { readonly header: Buffer; readonly presented: Presented | null } | undefined;
}

/** Longer headers are no credential of ours and not kept: there may be many connections. */
const keptLengthMax = 8192;

/** What stands behind `Authorization: Token` or `Bearer`, in any case of the word; null without it or with another scheme. */
export function presentedIn(header: string | string[] | undefined, connection: PresentedBefore): Presented | null {
  if (typeof header !== 'string') return null;
  const { before } = connection;
  // Behind a proxy a connection may carry the calls of many clients; none shall learn of another's by how long this takes.
  const bytes = Buffer.from(header);
  if (before?.header.length === bytes.length && timingSafeEqual(before.header, bytes)) return before.presented;
  const presented = readHeader(header);
  if (header.length <= keptLengthMax) connection.before = { header: bytes, presented };
  return presented;
}

function readHeader(header: string): Presented | null {
  const match = /^(token|bearer)(?:[ \t]+(.*))?$/i.exec(header);
  if (!match) return null;
  const value = match[2] ?? '';
  return { scheme: match[1]?.toLowerCase() === 'bearer' ? 'bearer' : 'token', value, hash: sha256Hex(value) };
}
