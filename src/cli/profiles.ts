// Who is signed in where. One JSON file in the user's configuration folder; it holds session values, so nobody else may
// read it (0600 in a folder 0700), and a file that others can read is refused rather than used.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Translate } from './text.ts';

/** The last record of a tenant's audit log that this person saw verified. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
  readonly verifiedAt: string;
}

export interface Profile {
  readonly name: string;
  /** Origin of the server, without a path. */
  readonly url: string;
  /** Slug of the tenant. */
  readonly tenant: string;
  readonly userName: string;
  /** The session's value; null after a sign-out. */
  readonly session: string | null;
  readonly expiresAt: string | null;
  /** PEM file of the authority that the server's certificate comes from. */
  readonly caFile: string | null;
  /** By tenant id. */
  readonly auditHeads: Readonly<Record<string, AuditHead>>;
}

export interface ProfileStore {
  readonly file: string;
  list(): readonly Profile[];
  currentName(): string | undefined;
  find(name: string): Profile | undefined;
  /** Adds or replaces the profile of that name. */
  save(profile: Profile, options?: { readonly makeCurrent: boolean }): void;
  /** Makes it the one that commands use. False when there is none of that name. */
  use(name: string): boolean;
  remove(name: string): boolean;
}

interface Content {
  current: string | null;
  profiles: Profile[];
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@/-]{0,99}$/;

export function isProfileName(name: string): boolean {
  return namePattern.test(name);
}

/** Reads the file at every call and writes it whole, so two commands that run at once do not undo each other's work. */
export function openProfiles(file: string, t: Translate): ProfileStore {
  const read = (): Content => readContent(file, t);
  return {
    file,
    list: () => read().profiles,
    currentName: () => read().current ?? undefined,
    find: (name) => read().profiles.find((profile) => profile.name === name),
    save(profile, options) {
      const content = read();
      const others = content.profiles.filter((each) => each.name !== profile.name);
      const profiles = [...others, profile].sort((a, b) => (a.name < b.name ? -1 : 1));
      writeContent(file, { current: options?.makeCurrent ? profile.name : content.current, profiles });
    },
    use(name) {
      const content = read();
      if (!content.profiles.some((profile) => profile.name === name)) return false;
      writeContent(file, { ...content, current: name });
      return true;
    },
    remove(name) {
      const { current, profiles } = read();
      const rest = profiles.filter((profile) => profile.name !== name);
      if (rest.length === profiles.length) return false;
      writeContent(file, { current: current === name ? null : current, profiles: rest });
      return true;
    },
  };
}

function readContent(file: string, t: Translate): Content {
  if (!existsSync(file)) return { current: null, profiles: [] };
  refuseIfShared(file, t);
  try {
    return checkedContent(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CliProblem(exitCodes.failed, 'profiles-unreadable', t('profiles.unreadable', { file }), [
      t('profiles.unreadableHint'),
    ]);
  }
}

function refuseIfShared(file: string, t: Translate): void {
  // Windows answers mode bits that say nothing about who may read; there the folder's access list counts.
  if (process.platform === 'win32') return;
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new CliProblem(exitCodes.failed, 'profiles-shared', t('profiles.shared', { file }), [
      t('profiles.sharedHint', { command: `chmod 600 '${file}'` }),
    ]);
  }
  const folder = dirname(file);
  if ((statSync(folder).mode & 0o022) !== 0) {
    throw new CliProblem(exitCodes.failed, 'profiles-shared', t('profiles.sharedFolder', { folder }), [
      t('profiles.sharedHint', { command: `chmod 700 '${folder}'` }),
    ]);
  }
}

/** Throws on anything that this program did not write. */
function checkedContent(value: unknown): Content {
  const { current, profiles } = asRecord(value);
  if (!Array.isArray(profiles)) throw new TypeError('profiles');
  if (current !== null && typeof current !== 'string') throw new TypeError('current');
  return { current, profiles: profiles.map(checkedProfile) };
}

function checkedProfile(value: unknown): Profile {
  const record = asRecord(value);
  const text = (key: string): string => {
    const found = record[key];
    if (typeof found !== 'string') throw new TypeError(key);
    return found;
  };
  const textOrNull = (key: string): string | null => (record[key] === null ? null : text(key));
  const heads = Object.entries(asRecord(record.auditHeads)).map(([tenantId, head]) => {
    const { sequence, hash, verifiedAt } = asRecord(head);
    if (typeof sequence !== 'number' || typeof hash !== 'string' || typeof verifiedAt !== 'string') {
      throw new TypeError('auditHeads');
    }
    return [tenantId, { sequence, hash, verifiedAt }] as const;
  });
  return {
    name: text('name'),
    url: text('url'),
    tenant: text('tenant'),
    userName: text('userName'),
    session: textOrNull('session'),
    expiresAt: textOrNull('expiresAt'),
    caFile: textOrNull('caFile'),
    auditHeads: Object.fromEntries(heads),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('object');
  return value as Record<string, unknown>; // An object that is no array: its keys are text.
}

/** A new file beside the old one, flushed, then renamed over it: a power cut leaves the one or the other. */
function writeContent(file: string, content: Content): void {
  const folder = dirname(file);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = openSync(fresh, 'wx', 0o600);
  try {
    writeFileSync(handle, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(handle);
  } catch (error) {
    closeSync(handle);
    rmSync(fresh, { force: true });
    throw error;
  }
  closeSync(handle);
  renameSync(fresh, file);
}

/** The profile that commands act with. Throws CliProblem(notSignedIn) when there is none, or it holds no session. */
export function signedInProfile(profiles: ProfileStore, name: string | undefined, t: Translate): Profile {
  const wanted = name ?? profiles.currentName();
  const profile = wanted === undefined ? undefined : profiles.find(wanted);
  if (name !== undefined && !profile) {
    throw new CliProblem(exitCodes.notFound, 'no-such-profile', t('profiles.unknown', { name }), [
      t('profiles.unknownHint'),
    ]);
  }
  if (!profile?.session) {
    throw new CliProblem(exitCodes.notSignedIn, 'not-signed-in', t('profiles.notSignedIn'), [
      t('profiles.notSignedInHint'),
    ]);
  }
  return profile;
}
