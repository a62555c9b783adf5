import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { deriveKey, type MasterKey } from './lib/seal.ts';

/** Keys for the purposes that the program has, derived from the master key once at start. */
export interface Keys {
  /** Seals second-factor secrets and other recoverable secrets in the control store. */
  readonly sealing: Buffer;
  /** Authenticates the audit chain: who can write the database but has no key cannot forge a record. */
  readonly audit: Buffer;
  /** Turns user names and addresses into the keys under which failed sign-ins are counted. */
  readonly lockout: Buffer;
  /** Binds the CSRF token to its session. */
  readonly csrf: Buffer;
  /** Makes the pairwise subjects of people in tokens. */
  readonly subjects: Buffer;
  /** Seals what a sign-in page hands to the browser for the next step. */
  readonly pages: Buffer;
  /** Makes the refresh token that replaces another out of that one. */
  readonly renewals: Buffer;
}

export function deriveKeys(master: MasterKey): Keys {
  return {
    sealing: deriveKey(master, 'sealing'),
    audit: deriveKey(master, 'audit'),
    lockout: deriveKey(master, 'lockout'),
    csrf: deriveKey(master, 'csrf'),
    subjects: deriveKey(master, 'subjects'),
    pages: deriveKey(master, 'pages'),
    renewals: deriveKey(master, 'renewals'),
  };
}

/** Reads 64 hex digits as a master key; undefined when the text is anything else. */
export function parseMasterKey(text: string): MasterKey | undefined {
  const trimmed = text.trim();
  if (!/^[0-9a-fA-F]{64}$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed, 'hex') as MasterKey; // The one place that makes one from the outside.
}

/**
 * The master key: from the environment when it is given there, else from `file`, which is made (mode 0600) when it does
 * not exist and `mayCreate` allows it. Throws a sentence for the operator when it cannot be had or others may read it.
 */
export function loadMasterKey(fromEnvironment: string | null, file: string, mayCreate: boolean): MasterKey {
  if (fromEnvironment !== null) {
    const key = parseMasterKey(fromEnvironment);
    if (!key)
      throw new Error('SALLYPORT_MASTER_KEY must be 64 hex digits (32 bytes). Make one with: openssl rand -hex 32');
    return key;
  }
  if (!existsSync(file)) {
    if (!mayCreate)
      throw new Error(
        `The master key file ${file} is missing. Restore it from your backup, or set SALLYPORT_MASTER_KEY.`,
      );
    createKeyFile(file);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new Error(`Others on this machine may read the master key ${file}. Run: chmod 600 ${file}`);
  }
  const key = parseMasterKey(readFileSync(file, 'utf8'));
  if (!key) throw new Error(`The master key file ${file} does not hold 64 hex digits. Restore it from your backup.`);
  return key;
}

/**
 * Makes the file whole or not at all, and on the disk before anything is sealed with the key: a store outlives a power
 * cut, and without its key it is lost. Of processes that start together the first one's key stands.
 */
function createKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, file); // Unlike a renaming, it never replaces the key that another process made meanwhile.
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
