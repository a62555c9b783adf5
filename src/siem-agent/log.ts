// What the agent tells of itself, one line an event: to standard error, and to a file that is kept small. Never a token,
// never what is in a message.
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Log = (level: 'info' | 'warning' | 'error', sentence: string) => void;

const fileName = 'siem-agent.log';
const fileBytesMax = 10 * 1024 * 1024;
const filesMax = 5;

/** `write` gets finished lines; `folder` null writes no file. A disk that is full costs lines, not the agent. */
export function openLog(write: (line: string) => void, folder: string | null): Log {
  if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (level, sentence) => {
    const line = `${new Date().toISOString()} ${level} ${sentence.replace(/\p{Cc}+/gu, ' ')}\n`;
    write(line);
    if (folder === null) return;
    try {
      const file = join(folder, fileName);
      turnOver(file, line.length);
      appendFileSync(file, line, { mode: 0o600 });
    } catch {
      // Standard error has it.
    }
  };
}

function turnOver(file: string, more: number): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size + more <= fileBytesMax) return;
  rmSync(`${file}.${filesMax - 1}`, { force: true });
  for (let index = filesMax - 2; index >= 1; index--) {
    if (statSync(`${file}.${index}`, { throwIfNoEntry: false })) renameSync(`${file}.${index}`, `${file}.${index + 1}`);
  }
  renameSync(file, `${file}.1`);
}
