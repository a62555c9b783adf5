// Where the bytes of uploads lie until they are read: `discovery-uploads/<tenant>/<upload>/` in the data folder. All names
// are made here; nothing that a client says becomes part of a path.
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import { StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';

const folderName = 'discovery-uploads';

/** Uploads take their room in pieces of this size, so that counting costs nothing. */
export const roomPieceBytes = 4 * 1024 * 1024;

type DiskConfig = Pick<Config, 'dataFolder' | 'discoveryDiskBytesMax' | 'discoveryTenantDiskBytesMax'>;

/** The folder of one upload. */
export function uploadFolder(config: Pick<Config, 'dataFolder'>, tenantId: TenantId, uploadId: string): string {
  return join(config.dataFolder, folderName, checked(tenantId), checked(uploadId));
}

/** For what logs come to while they are read. */
export function spoolFolderOf({ dataFolder }: Pick<Config, 'dataFolder'>): string {
  return join(dataFolder, 'discovery-spool');
}

function checked(id: string): string {
  if (!/^[0-9a-f-]{16,40}$/.test(id)) throw new Error(`${id} is no id that a folder can be named after.`);
  return id;
}

/** Makes the folder of an upload, so that it is still there after a power cut. */
export async function makeUploadFolder(config: DiskConfig, tenantId: TenantId, uploadId: string): Promise<string> {
  const folder = uploadFolder(config, tenantId, uploadId);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(join(folder, '..'));
  return folder;
}

/** What was made or renamed in the folder is on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Directories cannot be opened there.
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file takes at least so much of the disk, and a place in its table of files: many small ones are no way around the bounds. */
const smallestFileBytes = 4096;

/** How much the uploads of this process take, by tenant. Counted once, then kept up as files come and go. */
export class UploadRoom {
  readonly #config: DiskConfig;
  readonly #byTenant = new Map<TenantId, number>();
  /** What the files that are being written have taken, by path: their sizes say less than that. */
  readonly #writing = new Map<string, number>();
  /** The last change of each folder that is under way: two at once would count a file twice, or not at all. */
  readonly #turns = new Map<string, Promise<void>>();
  #all = 0;
  #counting: Promise<void> | undefined;
  /** Rises with everything that comes and goes. */
  #changes = 0;

  constructor(config: DiskConfig) {
    this.#config = config;
  }

  /** A file that begins to be written. Nothing of it counts but what is taken, until it settles. */
  begin(path: string): void {
    this.#writing.set(path, 0);
  }

  /** Takes room for a file that is being written, or throws TooLarge that says which setting bounds it. */
  async take(tenantId: TenantId, path: string, bytes: number): Promise<void> {
    await this.#counted();
    const { discoveryDiskBytesMax, discoveryTenantDiskBytesMax } = this.#config;
    const wait = 'Wait until the logs that wait have been read, and send this one again.';
    if ((this.#byTenant.get(tenantId) ?? 0) + bytes > discoveryTenantDiskBytesMax) {
      throw new TooLarge(
        `The logs of this organisation that wait to be read take all the room there is for it (setting discoveryTenantDiskBytesMax). ${wait}`,
      );
    }
    if (this.#all + bytes > discoveryDiskBytesMax) {
      throw new TooLarge(
        `The logs that wait to be read take all the room there is for them (setting discoveryDiskBytesMax). ${wait}`,
      );
    }
    this.#writing.set(path, (this.#writing.get(path) ?? 0) + bytes);
    this.#add(tenantId, bytes);
  }

  /** The file is written: from now on it takes what it has. One that is not kept is removed. */
  async settle(tenantId: TenantId, path: string, isKept: boolean): Promise<void> {
    await this.#inTurn(dirname(path), async () => {
      if (!isKept) await rm(path, { force: true });
      const taken = this.#writing.get(path) ?? 0;
      const bytes = await roomOf(path);
      this.#writing.delete(path);
      this.#add(tenantId, bytes - taken);
    });
  }

  /** Puts a file in the place of another one, if there is one. */
  async moveFile(tenantId: TenantId, from: string, to: string): Promise<void> {
    await this.#inTurn(dirname(to), async () => {
      const bytes = await roomOf(to);
      await rename(from, to);
      this.#add(tenantId, -bytes);
    });
  }

  /** Removes the folder of an upload with everything in it. */
  async removeUpload(tenantId: TenantId, uploadId: string): Promise<void> {
    await this.#counted();
    const folder = uploadFolder(this.#config, tenantId, uploadId);
    await this.#inTurn(folder, async () => {
      const bytes = await bytesIn(folder, (path) => (this.#writing.has(path) ? 0 : undefined));
      await rm(folder, { recursive: true, force: true });
      this.#add(tenantId, -bytes);
    });
  }

  async removeFile(tenantId: TenantId, path: string): Promise<void> {
    await this.#counted();
    await this.#inTurn(dirname(path), async () => {
      const bytes = await roomOf(path);
      await rm(path, { force: true });
      this.#add(tenantId, -bytes);
    });
  }

  /** Counts anew what is there, so that no mistake stays for ever; leaves it be when something comes or goes meanwhile. */
  async recount(): Promise<void> {
    await this.#counted();
    const changes = this.#changes;
    const counted = await this.#countFolders();
    if (changes === this.#changes) this.#accept(counted);
  }

  #add(tenantId: TenantId, bytes: number): void {
    this.#changes++;
    const now = (this.#byTenant.get(tenantId) ?? 0) + bytes;
    if (now > 0) this.#byTenant.set(tenantId, now);
    else this.#byTenant.delete(tenantId);
    this.#all = Math.max(0, this.#all + bytes);
  }

  async #inTurn(folder: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(folder);
    const turn = (async () => {
      await before?.catch(() => {}); // Told to whoever began it.
      await work();
    })();
    this.#turns.set(folder, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(folder) === turn) this.#turns.delete(folder);
    }
  }

  #counted(): Promise<void> {
    this.#counting ??= this.#count().catch((error: unknown) => {
      this.#counting = undefined;
      throw error;
    });
    return this.#counting;
  }

  async #count(): Promise<void> {
    this.#accept(await this.#countFolders());
  }

  async #countFolders(): Promise<Map<TenantId, number>> {
    const byTenant = new Map<TenantId, number>();
    for (const { tenantId, uploadId } of await listUploadFolders(this.#config)) {
      const folder = uploadFolder(this.#config, tenantId, uploadId);
      const bytes = await bytesIn(folder, (path) => this.#writing.get(path));
      byTenant.set(tenantId, (byTenant.get(tenantId) ?? 0) + bytes);
    }
    return byTenant;
  }

  #accept(counted: ReadonlyMap<TenantId, number>): void {
    this.#byTenant.clear();
    this.#all = 0;
    for (const [tenantId, bytes] of counted) {
      this.#byTenant.set(tenantId, bytes);
      this.#all += bytes;
    }
  }
}

const rooms = new WeakMap<DiskConfig, UploadRoom>();

/** The room of this process: one for each configuration. */
export function uploadRoom(config: DiskConfig): UploadRoom {
  let room = rooms.get(config);
  if (!room) {
    room = new UploadRoom(config);
    rooms.set(config, room);
  }
  return room;
}

/** Every folder of an upload that is on the disk. */
export async function listUploadFolders(
  config: Pick<Config, 'dataFolder'>,
): Promise<{ tenantId: TenantId; uploadId: string }[]> {
  const root = join(config.dataFolder, folderName);
  const found: { tenantId: TenantId; uploadId: string }[] = [];
  for (const tenantId of await namesIn(root)) {
    for (const uploadId of await namesIn(join(root, tenantId))) {
      found.push({ tenantId: tenantId as TenantId, uploadId }); // Folders are named after ids, in makeUploadFolder.
    }
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** What the files of a folder take, `known` before what the disk says. */
async function bytesIn(folder: string, known: (path: string) => number | undefined): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    bytes += known(path) ?? (await roomOf(path));
  }
  return bytes;
}

/** What a file takes of the disk; nothing when there is none. */
async function roomOf(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    return Math.max(Math.ceil(size / smallestFileBytes), 1) * smallestFileBytes;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** A full disk in the words of a store that cannot be written; anything else as it is. */
export function asDiskFailure(error: unknown): unknown {
  if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT') return error;
  const problem = 'The disk of the server is full. Nothing of the file was kept; send it again when there is room.';
  return new StoreUnavailable('disk-full', problem, { cause: error });
}
