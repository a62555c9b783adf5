// Runs test files with node:test, each in a process of its own, and says on the way how far it is.
import { type EventData, run } from 'node:test';
import { inspect } from 'node:util';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Longest time for one file; a test that hangs must not hold up the whole run. */
const fileSecondsMax = 900;
const concurrency = 2;

/**
 * Runs the files and prints a line for each one as it ends, failures in full. `environment` is what the files see
 * besides this process's own. Aborting stops the files under way.
 */
export async function runStage(
  title: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Counts> {
  console.log(`\n== ${title}: ${files.length} files`);
  Object.assign(process.env, environment);
  const startedAt = Date.now();
  const report = new StageReport(files.length);
  const events = run({ files: [...files], concurrency, isolation: 'process', timeout: fileSecondsMax * 1000, signal });
  for await (const event of events) {
    if (event.type === 'test:fail') report.failed(event.data);
    else if (event.type === 'test:stderr' || event.type === 'test:stdout')
      report.said(event.data.file, event.data.message);
    else if (event.type === 'test:summary') report.summary(event.data);
  }
  const { counts } = report;
  console.log(`== ${title}: ${describeCounts(counts)} in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  return counts;
}

/** "12 passed, 0 failed", and what was skipped where something was: the suite's closing line. */
export function describeCounts(counts: Counts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

/** What files print is shown only when they fail, and never more than this of it. */
const outputCharactersKept = 20_000;

class StageReport {
  counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  readonly #fileCount: number;
  readonly #output = new Map<string, string>();
  #finished = 0;

  constructor(fileCount: number) {
    this.#fileCount = fileCount;
  }

  said(file: string | undefined, message: string): void {
    const key = file ?? '';
    this.#output.set(key, ((this.#output.get(key) ?? '') + message).slice(-outputCharactersKept));
  }

  failed(data: EventData.TestFail): void {
    if (data.details.type === 'suite') return; // The failure of a test inside it is reported by itself.
    const { error } = data.details;
    const reason = error.cause instanceof Error ? error.cause : error;
    console.log(`  FAILED ${shortPath(data.file)}:${data.line ?? ''} ${data.name}`);
    console.log(indent(inspect(reason, { depth: 4, maxStringLength: 4000 })));
    const isWholeFile = data.name === data.file;
    if (isWholeFile) {
      this.#fileEnded(data.file, 'did not run to its end');
      console.log(indent(this.#output.get(data.file ?? '') ?? ''));
    }
  }

  summary(data: EventData.TestSummary): void {
    const counts = countsOf(data);
    if (data.file === undefined) {
      this.counts = counts;
      return;
    }
    this.#fileEnded(data.file, `${describeCounts(counts)} (${(data.duration_ms / 1000).toFixed(1)} s)`);
    if (counts.failed > 0) console.log(indent(this.#output.get(data.file) ?? ''));
    this.#output.delete(data.file);
  }

  #fileEnded(file: string | undefined, how: string): void {
    this.#finished++;
    const place = `[${String(this.#finished).padStart(String(this.#fileCount).length)}/${this.#fileCount}]`;
    console.log(`  ${place} ${shortPath(file)} ${how}`);
  }
}

function countsOf({ counts }: EventData.TestSummary): Counts {
  const skipped = counts.skipped + counts.todo;
  return { passed: counts.passed, skipped, failed: counts.tests - counts.passed - skipped };
}

function shortPath(file: string | undefined): string {
  const root = `${process.cwd()}/`;
  return file?.startsWith(root) ? file.slice(root.length) : (file ?? '(no file)');
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ');
}
