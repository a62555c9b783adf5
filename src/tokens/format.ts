// What token values look like. A value is <prefix><58 random><6 checksum>, 69 characters of 0-9A-Za-z in all:
//   slpat  API token of a person          slpsa  token of a SIEM agent
//   slpcs  command-line session           slplc  token of a log collector
// The prefix lets scanners find a leaked value (`\bslp(at|cs|sa|lc)[0-9A-Za-z]{64}\b`), the checksum (CRC-32 of all that
// stands before it, as six base-62 digits) lets them and clients tell a value from a look-alike without asking us.
// Published clients accept 64 to 192 characters of that alphabet (cloud-apps reference 1.2).
import { checksumBase62, randomBase62 } from '../lib/secrets.ts';

export type TokenKind = 'api-token' | 'siem-agent' | 'log-collector' | 'cli-session';

const prefixes: Readonly<Record<TokenKind, string>> = {
  'api-token': 'slpat',
  'siem-agent': 'slpsa',
  'log-collector': 'slplc',
  'cli-session': 'slpcs',
};

const kindByPrefix = new Map(Object.entries(prefixes).map(([kind, prefix]) => [prefix, kind as TokenKind]));

/** 58 base-62 digits hold 345 bits. */
const randomLength = 58;
const checksumLength = 6;
const form = /^slp[a-z]{2}[0-9A-Za-z]{64}$/;

/** A fresh value. It is shown once and stored as its SHA-256 only. */
export function mintTokenValue(kind: TokenKind): string {
  const body = prefixes[kind] + randomBase62(randomLength);
  return body + checksumBase62(body);
}

export type ReadToken = { readonly kind: TokenKind } | { readonly problem: string };

/** Tells, without any look-up, which kind of token a text is, or in a sentence why it is none. */
export function readTokenValue(text: string): ReadToken {
  if (!form.test(text)) {
    return {
      problem: `A token is "slp", two letters and 64 letters or digits; this has ${text.length} characters or another form.`,
    };
  }
  const kind = kindByPrefix.get(text.slice(0, 5));
  if (!kind) return { problem: `No kind of token begins with "${text.slice(0, 5)}".` };
  const body = text.slice(0, -checksumLength);
  if (checksumBase62(body) !== text.slice(-checksumLength)) {
    return { problem: 'The checksum does not fit: a character of the value was changed, added or lost.' };
  }
  return { kind };
}
