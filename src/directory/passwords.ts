// Passwords: how they are hashed and checked, what a person may choose, and the one-time ones that administrators hand
// out. Hashing is argon2id (RFC 9106) with the parameters that the OWASP Password Storage Cheat Sheet gives as least.
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../access/refusal.ts';
import type { Config } from '../config.ts';
import { InvalidInput } from '../lib/failures.ts';
import { randomBase62 } from '../lib/secrets.ts';

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

const cost: Cost = { memoryKib: 19 * 1024, passes: 2, lanes: 1 };
const saltBytes = 16;
const tagBytes = 32;

/** Longest password in bytes of UTF-8, so that a sign-in cannot be made to hash a book. */
export const passwordBytesMax = 256;

// Each computation holds 19 MiB and a thread; these bound what a crowd at the sign-in page can take.
const hashesAtOnceMax = 3;
const hashesWaitingMax = 200;
const retryAfterSeconds = 5;

let running = 0;
let started = 0;
const waiting: (() => void)[] = [];

/** How many argon2id computations this process has started: the work that a request made is the difference. */
export function hashesStarted(): number {
  return started;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= hashesAtOnceMax) {
    if (waiting.length >= hashesWaitingMax) throw tooManySignIns();
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await work();
  } finally {
    // A place goes straight to the next in line, so that newcomers cannot pass those who wait.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

function tooManySignIns(): Refusal {
  return new Refusal({
    status: 429,
    code: 'throttled',
    message: 'Too many sign-ins are under way. Try again in a few seconds.',
    chain: [{ check: 'rate', outcome: 'failed', detail: `${hashesWaitingMax} sign-ins already wait for their turn.` }],
    remedy: 'Try again in a few seconds. If it goes on, look in the log for who sends so many sign-ins.',
    tenantId: null,
    userId: null,
    target: null,
    retryAfterSeconds,
  });
}

function derive(
  password: string,
  salt: Buffer,
  tagLength: number,
  { memoryKib, passes, lanes }: Cost,
): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    // One person's "é" may arrive as one code point or as two: NFKC makes them the same (NIST SP 800-63B 3.1.1.2).
    message: password.normalize('NFKC'),
    nonce: salt,
    parallelism: lanes,
    tagLength,
    memory: memoryKib,
    passes,
  };
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        started++;
        argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
      }),
  );
}

/**
 * The password as a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$tag`) with a fresh salt. Refuses with 429 when too many
 * computations wait already.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  return encode(salt, await derive(password, salt, tagBytes, cost));
}

function encode(salt: Buffer, tag: Buffer): string {
  const parameters = `m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}`;
  return `$argon2id$v=19$${parameters}$${withoutPadding(salt)}$${withoutPadding(tag)}`;
}

function withoutPadding(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

interface Encoded {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const phcPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;
const memoryKibMax = 1024 * 1024;

/** The parts of a PHC string; undefined for anything that {@link derive} should not be asked to compute. */
function decode(encoded: string): Encoded | undefined {
  const [, memory, passes, lanes, salt, tag] = phcPattern.exec(encoded) ?? [];
  if (salt === undefined || tag === undefined) return undefined;
  const read: Cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  if (read.lanes < 1 || read.passes < 1 || read.memoryKib < 8 * read.lanes || read.memoryKib > memoryKibMax) {
    return undefined;
  }
  return { cost: read, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}

// What is computed when there is nothing to compare with, so that an absent account costs what a present one does.
const nobody: Encoded = { cost, salt: randomBytes(saltBytes), tag: randomBytes(tagBytes) };

/**
 * True when the password is the one that was hashed. With `null` (no such account, no password set) or a damaged hash
 * the same work is done and the answer is false.
 */
export async function verifyPassword(encoded: string | null, password: string): Promise<boolean> {
  const known = encoded === null ? undefined : decode(encoded);
  const fits = Buffer.byteLength(password, 'utf8') <= passwordBytesMax;
  const against = known ?? nobody;
  const tag = await derive(fits ? password : '', against.salt, against.tag.length, against.cost);
  return timingSafeEqual(tag, against.tag) && known !== undefined && fits;
}

/** True when the hash was made with less memory, fewer passes or a shorter tag than today's: hash again at sign-in. */
export function isWeakHash(encoded: string): boolean {
  const known = decode(encoded);
  if (!known) return true;
  return known.cost.memoryKib < cost.memoryKib || known.cost.passes < cost.passes || known.tag.length < tagBytes;
}

/** 20 characters (119 bits) that an administrator hands to a person, who must replace them at the first sign-in. */
export function mintOneTimePassword(): string {
  return randomBase62(20);
}

// Words that chosen passwords are most often made of, in the languages of our users and on their keyboards. A password
// that is nothing but one of these with figures and signs around it, or the same word again, is among the first guesses.
const usualWords = new Set(
  (
    'password passwort passwd passw pass passphrase motdepasse contrasena wachtwoord senha parola secret geheim qwerty qwertyuiop ' +
    'qwertz qwertzuiop azerty azertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc letmein welcome ' +
    'willkommen bienvenue admin administrator administrateur root superuser guest user login default changeme changeit ' +
    'changethis temp temporary initial test testing iloveyou jetaime monkey dragon football baseball basketball soccer ' +
    'sunshine princess superman batman starwars pokemon master shadow michael jennifer jordan charlie spring summer ' +
    'autumn winter january february march april june july august september october november december monday friday ' +
    'company office security cyber cloud server microsoft windows google apple internet computer sallyport contoso ' +
    'fabrikam hello helloworld trustno whatever freedom nothing blink correcthorsebatterystaple'
  ).split(' '),
);

const lookAlikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

function isUsual(password: string): boolean {
  const lower = password.toLowerCase();
  const trimmed = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [lower, trimmed].some((text) => {
    const plain = [...text].map((sign) => lookAlikes[sign] ?? sign).join('');
    return [text, plain].some((each) => isMadeOfUsualWord(each.replace(/[^\p{L}]/gu, '')));
  });
}

function isMadeOfUsualWord(letters: string): boolean {
  for (let length = letters.length; length >= 4; length--) {
    const word = letters.slice(0, length);
    if (letters.length % length === 0 && usualWords.has(word) && word.repeat(letters.length / length) === letters) {
      return true;
    }
  }
  return false;
}

/** "1234567890", "abcdefghij" and the like, up or down, also several in a row: mostly steps of one or none. */
function isRun(password: string): boolean {
  const codes = [...password.toLowerCase()].map((sign) => sign.codePointAt(0) ?? 0);
  const steps = codes.slice(1).filter((code, index) => Math.abs(code - (codes[index] ?? 0)) <= 1).length;
  return steps >= (codes.length - 1) * 0.75;
}

const distinctSignsMin = 5;

/**
 * Throws InvalidInput that names `field` unless the password may be chosen for this account. Length and a list of usual
 * choices count; rules about kinds of characters do not (NIST SP 800-63B 3.1.1.2).
 */
export function checkNewPassword(config: Config, field: string, password: string, userName: string): void {
  const problem = passwordProblem(config.passwordLengthMin, password, userName);
  if (problem) throw new InvalidInput(field, problem);
}

function passwordProblem(lengthMin: number, password: string, userName: string): string | undefined {
  const signs = [...password.normalize('NFKC')];
  if (signs.length < lengthMin) return `The password needs at least ${lengthMin} characters. Choose a longer one.`;
  if (Buffer.byteLength(password, 'utf8') > passwordBytesMax) {
    return `The password may have at most ${passwordBytesMax} bytes. Choose a shorter one.`;
  }
  const lower = password.toLowerCase();
  const localPart = userName.toLowerCase().split('@')[0] ?? '';
  if (localPart.length >= 4 && lower.includes(localPart)) {
    return 'The password contains the user name. Choose one that does not.';
  }
  if (new Set(signs).size < distinctSignsMin || isRun(password) || isUsual(password)) {
    return 'The password is among the first that an attacker tries. Choose a less usual one, for example four random words.';
  }
  return undefined;
}
