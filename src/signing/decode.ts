// The three parts of a JWT, read strictly: one text has one reading, so that no other text passes for a token that was
// signed. Nothing is verified here.

export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What was signed: the first two parts with the point between them. */
  readonly signed: string;
  readonly signature: Buffer;
}

export interface Undecodable {
  /** The end of a sentence: what is wrong, without a piece of the text, which may be a secret. */
  readonly problem: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads `header.payload.signature` (RFC 7515 section 3.1). Never throws. */
export function decodeToken(text: string, bytesMax: number): DecodedToken | Undecodable {
  if (text.length > bytesMax) return { problem: `it is longer than ${bytesMax} characters` };
  const parts = text.split('.', 4);
  const [headerPart, claimsPart, signaturePart] = parts;
  if (parts.length !== 3 || headerPart === undefined || claimsPart === undefined || signaturePart === undefined) {
    return { problem: 'it has not three parts with a point between them' };
  }
  const header = readObject(headerPart);
  if (!header) return { problem: 'its header is not a JSON object in base64url' };
  const claims = readObject(claimsPart);
  if (!claims) return { problem: 'its payload is not a JSON object in base64url' };
  const signature = readBase64Url(signaturePart);
  if (!signature) return { problem: 'its signature is not base64url' };
  return { header, claims, signed: `${headerPart}.${claimsPart}`, signature };
}

/** Undefined for anything but the one base64url text of some bytes: no padding, no spare bits, no other characters. */
function readBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function readObject(part: string): Record<string, unknown> | undefined {
  const bytes = readBase64Url(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>) // Any JSON object is one.
      : undefined;
  } catch {
    return undefined;
  }
}
