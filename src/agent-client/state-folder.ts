// What an agent must still know after it was stopped, in a folder of its own.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Another process works with the folder, or it cannot be used; the message says what to do. */
export class StateFolderTaken extends Error {
  override readonly name = 'StateFolderTaken';
}

const lockName = 'process.lock';

/** Files in the folder change all at once or not at all, and what was written is on the disk when the call returns. */
export class StateFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder if need be, for its owner alone, and keeps other processes out until `close`. */
  static open(path: string): StateFolder {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32') chmodSync(path, 0o700);
    const folder = new StateFolder(path);
    folder.#lock();
    return folder;
  }

  /** For looking only: no lock is taken. */
  static look(path: string): StateFolder {
    return new StateFolder(path);
  }

  #lock(): void {
    const file = join(this.path, lockName);
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const handle = openSync(file, 'wx', 0o600);
        writeFileSync(handle, `${process.pid} ${beginningOf(process.pid)}`);
        closeSync(handle);
        return;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const [pid = '', beginning = ''] = (this.read(lockName) ?? '').split(' ');
      const holder = Number(pid);
      // Numbers of processes come again, after a start of the machine above all.
      const isAnother = beginning !== '' && beginning !== beginningOf(holder);
      if (holder !== process.pid && !isAnother && isAlive(holder)) {
        throw new StateFolderTaken(
          `Process ${holder} works with ${this.path}. Stop it, or choose another folder with --state.`,
        );
      }
      // Whoever held it was ended and could not tidy up.
      rmSync(file, { force: true });
    }
    throw new StateFolderTaken(`${this.path} is being taken by another process.`);
  }

  /** Null when there is no such file. */
  read(name: string): string | null {
    try {
      return readFileSync(join(this.path, name), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  write(name: string, text: string): void {
    const target = join(this.path, name);
    const passing = `${target}.new`;
    const handle = openSync(passing, 'w', 0o600);
    try {
      // All of it, or it throws: a disk that is almost full takes a part only.
      writeFileSync(handle, text);
      fsyncSync(handle);
    } catch (error) {
      rmSync(passing, { force: true });
      throw error;
    } finally {
      closeSync(handle);
    }
    renameSync(passing, target);
    this.#sync();
  }

  /** Brings the names to the disk, where the system lets a folder be opened. */
  #sync(): void {
    let handle: number;
    try {
      handle = openSync(this.path, 'r');
    } catch {
      return;
    }
    try {
      fsyncSync(handle);
    } catch {
      // Windows syncs folders for nobody.
    } finally {
      closeSync(handle);
    }
  }

  close(): void {
    rmSync(join(this.path, lockName), { force: true });
  }
}

/** When a process began, as the system counts it since its own start, which is named too; '' where it does not tell. */
function beginningOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Behind the name in brackets, which may hold anything, begins the third column; the beginning is the 22nd (proc(5)).
    const columns = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${boot}:${columns[19] ?? ''}`;
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
