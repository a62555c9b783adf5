// Builds the portal into web/dist: `npm run portal:build`; with --if-needed only where its sources are newer than what was
// built. The server serves what lies there and knows nothing of how it came about. Files come with compressed copies, so
// that nobody compresses while people wait.
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { BuildEnvironmentOptions, InlineConfig, Rolldown } from 'vite';

const root = import.meta.dirname;
const outDir = join(root, 'dist');
/** Below this a compressed copy saves no packet. */
const compressedFromBytes = 1024;

/** What the server puts in the place of this is a new text for every answer (CSP nonce). */
const noncePlace = '@@csp-nonce@@';

if (!process.argv.includes('--if-needed')) await buildPortal();
else if (!isUpToDate()) await buildIfPossible();

function isUpToDate(): boolean {
  const page = join(outDir, 'index.html');
  const sources = globSync('**/*.{ts,tsx,json,css,html}', { cwd: root, exclude: ['dist*/**'] });
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs));
  return existsSync(page) && statSync(page).mtimeMs >= newest;
}

/** The server runs without the portal too, so that nothing here may keep it from starting. */
async function buildIfPossible(): Promise<void> {
  console.error('Building the portal, once …');
  try {
    await buildPortal();
  } catch (error) {
    console.error(`The portal was not built: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Builds beside the present files and then takes their place, so that a running server never has half of each. */
async function buildPortal(): Promise<void> {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  const draft = mkdtempSync(join(root, 'dist-'));
  try {
    const settings: InlineConfig = {
      root,
      base: '/portal/',
      configFile: false,
      // Kusto's packages bring warnings about code of theirs that is never reached here.
      logLevel: 'error',
      html: { cspNonce: noncePlace },
      plugins: [react()],
      worker: { format: 'es' },
    };
    const kept: BuildEnvironmentOptions = {
      outDir: draft,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      // The hunting page loads an editor with a compiler in it; nothing else comes near.
      chunkSizeWarningLimit: 8192,
    };
    const chunks = chunksOf(await build({ ...settings, build: { ...kept, write: false, minify: false } }));
    const first = modulesOf(chunks, ({ isEntry }) => isEntry);
    const signIn = modulesOf(chunks, ({ name }) => name === 'SignInPage');
    const groups = [
      { name: 'portal', test: (id: string) => first.has(id) },
      { name: 'sign-in', test: (id: string) => signIn.has(id) && !first.has(id) },
    ];
    await build({ ...settings, build: { ...kept, rolldownOptions: { output: { codeSplitting: { groups } } } } });
    for (const name of readdirSync(join(draft, 'assets'))) compress(join(draft, 'assets', name));
    const before = mkdtempSync(join(root, 'dist-'));
    if (existsSync(outDir)) renameSync(outDir, join(before, 'dist'));
    renameSync(draft, outDir);
    rmSync(before, { recursive: true, force: true });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

type Chunks = ReadonlyMap<string, Rolldown.OutputChunk>;

function chunksOf(built: Awaited<ReturnType<typeof import('vite').build>>): Chunks {
  if (Array.isArray(built) || !('output' in built)) throw new Error('The build gave no files.');
  return new Map(built.output.flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each] as const] : [])));
}

/**
 * What a page needs before it can show anything, as a first build found out: left alone it lies in dozens of files, because
 * each set of pages that share something gets one, and so many requests cost a slow machine more than what is in them.
 */
function modulesOf(chunks: Chunks, isStart: (chunk: Rolldown.OutputChunk) => boolean): ReadonlySet<string> {
  const wanted = [...chunks.values()].filter(isStart).map(({ fileName }) => fileName);
  if (wanted.length === 0) throw new Error('The build lacks a file that the first page begins with.');
  for (const name of wanted) {
    for (const each of chunks.get(name)?.imports ?? []) if (!wanted.includes(each)) wanted.push(each);
  }
  return new Set(wanted.flatMap((name) => chunks.get(name)?.moduleIds ?? []));
}

function compress(file: string): void {
  if (!/\.(js|css|svg|json|ttf|wasm)$/.test(file)) return;
  const content = readFileSync(file);
  if (content.length < compressedFromBytes) return;
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  const quality = content.length > 1_000_000 ? 9 : 11;
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
}
