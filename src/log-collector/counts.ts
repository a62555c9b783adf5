import type { CollectorInput, InputReport } from './settings.ts';
import type { Dropped } from './spool.ts';

/** What came in for one data source and what became of it, as the status shows. */
export class InputCounts {
  #lines = 0;
  #bytes = 0;
  #lastReceivedAt: number | null = null;
  #lastUploadedAt: number | null = null;
  /** Of its port or files; null when all is well. */
  receivingProblem: string | null = null;
  /** Of its uploads. */
  uploadProblem: string | null = null;

  received(lines: number, bytes: number): void {
    this.#lines += lines;
    this.#bytes += bytes;
    this.#lastReceivedAt = Date.now();
  }

  uploaded(): void {
    this.#lastUploadedAt = Date.now();
    this.uploadProblem = null;
  }

  report({ id }: CollectorInput, bytesWaiting: number, dropped: Dropped): InputReport {
    return {
      id,
      linesReceived: this.#lines,
      bytesReceived: this.#bytes,
      lastReceivedAt: this.#lastReceivedAt,
      lastUploadedAt: this.#lastUploadedAt,
      bytesWaiting,
      linesDropped: dropped.lines,
      bytesDropped: dropped.bytes,
      problem: this.receivingProblem ?? this.uploadProblem,
    };
  }
}
