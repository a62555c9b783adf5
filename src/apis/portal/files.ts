// The built portal (web/dist): a page that starts it and files that never change under their names.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Where the build puts the portal. The server reads nothing else of `web` but texts. */
export const portalFolder = join(import.meta.dirname, '../../../web/dist');

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface PortalFile {
  readonly type: string;
  /** Compressed copies beside it, by content coding; made by the build. */
  readonly codings: readonly ('br' | 'gzip')[];
}

export interface Portal {
  /** The page with {@link noncePlace} where each answer has its own. */
  readonly page: string;
  find(name: string): PortalFile | undefined;
  read(name: string, coding: 'br' | 'gzip' | undefined): Promise<Buffer>;
}

export const noncePlace = '@@csp-nonce@@';

/** The portal in this folder, or undefined when none was built. Only names that the build made can be asked for. */
export function openPortal(folder: string = portalFolder): Portal | undefined {
  const pageFile = join(folder, 'index.html');
  if (!existsSync(pageFile)) return undefined;
  const page = readFileSync(pageFile, 'utf8');
  const assets = join(folder, 'assets');
  const names = new Set(readdirSync(assets));
  const kept = new Map<string, Buffer>();
  return {
    page,
    find(name) {
      const type = types[extname(name)];
      if (type === undefined || !names.has(name)) return undefined;
      const codings = (['br', 'gzip'] as const).filter((coding) => names.has(name + suffixOf(coding)));
      return { type, codings };
    },
    async read(name, coding) {
      const key = name + (coding === undefined ? '' : suffixOf(coding));
      const known = kept.get(key);
      if (known) return known;
      const content = await readFile(join(assets, key));
      if (content.length <= keptBytesMax) kept.set(key, content);
      return content;
    },
  };
}

/** Larger files (the editor of the hunting page) are read anew each time; browsers keep them for a year. */
const keptBytesMax = 512 * 1024;

function suffixOf(coding: 'br' | 'gzip'): string {
  return coding === 'br' ? '.br' : '.gz';
}

/** When the portal was built, for whoever asks whether it is older than its sources. */
export function builtAt(folder: string = portalFolder): number | undefined {
  const pageFile = join(folder, 'index.html');
  return existsSync(pageFile) ? statSync(pageFile).mtimeMs : undefined;
}
