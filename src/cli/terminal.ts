// Standard input and output as the commands see them. Only this file and the ingestion touch the process's streams.
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';

export interface Terminal {
  readonly isInputTty: boolean;
  readonly isOutputTty: boolean;
  readonly isErrorTty: boolean;
  /** Raw bytes of standard input. */
  readonly input: AsyncIterable<Buffer>;
  out(text: string): void;
  err(text: string): void;
  /** Shows the prompt on standard error and reads one line. Undefined when the person ended the input (Ctrl-D). */
  readLine(prompt: string): Promise<string | undefined>;
  /** The same, without showing what is typed. */
  readSecret(prompt: string): Promise<string | undefined>;
}

/** Ctrl-C at a prompt. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const promptCharactersMax = 4096;

// Arrow keys and the marks around a paste: no part of what was typed.
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one.
const escapeSequences = /\u001b\[[0-9;]*[A-Za-z~]/g;

/** The terminal of this process. A reader that goes away (`… | head`) ends the process quietly. */
export function openTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  return {
    isInputTty: stdin.isTTY === true,
    isOutputTty: stdout.isTTY === true,
    isErrorTty: stderr.isTTY === true,
    input: stdin,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    readLine: (prompt) => promptFor(stdin, (text) => stderr.write(text), prompt, true),
    readSecret: (prompt) => promptFor(stdin, (text) => stderr.write(text), prompt, false),
  };
}

/**
 * Reads one line key by key: in raw mode nothing is shown unless `isShown`, and backspace, Ctrl-U, Ctrl-C and Ctrl-D
 * mean what they mean at a shell. What was typed or pasted after the line stays for the next prompt.
 */
function promptFor(
  stdin: ReadStream,
  write: (text: string) => void,
  prompt: string,
  isShown: boolean,
): Promise<string | undefined> {
  write(prompt);
  const decoder = new StringDecoder('utf8');
  return new Promise((resolve, reject) => {
    const line = new LineEditor(isShown ? write : () => undefined);
    const finish = (settle: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.setRawMode(false);
      stdin.pause();
      write('\n');
      settle();
    };
    const onEnd = (): void => finish(() => resolve(undefined));
    const onData = (chunk: Buffer): void => {
      const keys = decoder.write(chunk).replace(escapeSequences, '');
      let position = 0;
      for (const key of keys) {
        position += key.length;
        const outcome = line.press(key);
        if (outcome === 'typing') continue;
        const rest = keys.slice(position);
        finish(() => {
          if (outcome === 'interrupted') return reject(new Interrupted());
          resolve(outcome === 'ended' ? undefined : line.text);
        });
        if (rest !== '') stdin.unshift(Buffer.from(rest));
        return;
      }
    };
    stdin.setRawMode(true);
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.resume();
  });
}

/** One line as it is being typed. */
export class LineEditor {
  readonly #echo: (text: string) => void;
  #characters: string[] = [];
  constructor(echo: (text: string) => void) {
    this.#echo = echo;
  }

  get text(): string {
    return this.#characters.join('');
  }

  press(key: string): 'typing' | 'done' | 'ended' | 'interrupted' {
    switch (key) {
      case '\r':
      case '\n':
        return 'done';
      case '\u0003':
        return 'interrupted';
      case '\u0004':
        return this.#characters.length === 0 ? 'ended' : 'typing';
      case '\u007f':
      case '\b':
        if (this.#characters.pop() !== undefined) this.#echo('\b \b');
        return 'typing';
      case '\u0015':
        this.#echo('\b \b'.repeat(this.#characters.length));
        this.#characters = [];
        return 'typing';
      default:
        // Other control characters (an arrow key's escape) are no part of a name or a password.
        if (key >= ' ' && this.#characters.length < promptCharactersMax) {
          this.#characters.push(key);
          this.#echo(key);
        }
        return 'typing';
    }
  }
}

/** The lines of a piped standard input, at most `linesMax` of them; more input than 64 KiB is cut off. */
export async function readInputLines(input: AsyncIterable<Buffer>, linesMax: number): Promise<string[]> {
  const bytesMax = 65_536;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8').split(/\r?\n/).slice(0, linesMax);
}
