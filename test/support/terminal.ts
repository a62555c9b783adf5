// A terminal for tests of the command line: what is typed comes from a list, what is printed is kept.
import type { Terminal } from '../../src/cli/terminal.ts';

export interface ScriptedTerminal extends Terminal {
  /** Standard output so far. */
  readonly stdout: string;
  /** Standard error so far, prompts included. */
  readonly stderr: string;
}

export interface ScriptOptions {
  /** The answers to prompts, in order; with them the terminal counts as interactive. */
  readonly typed?: readonly string[];
  /** What is piped in. */
  readonly input?: string | Buffer;
}

export function scriptTerminal(options: ScriptOptions = {}): ScriptedTerminal {
  const typed = [...(options.typed ?? [])];
  const out: string[] = [];
  const err: string[] = [];
  const answer = async (prompt: string): Promise<string | undefined> => {
    err.push(prompt);
    return typed.shift();
  };
  return {
    isInputTty: options.typed !== undefined,
    isOutputTty: options.typed !== undefined,
    isErrorTty: false,
    input: (async function* () {
      if (options.input !== undefined) yield Buffer.from(options.input);
    })(),
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readLine: answer,
    readSecret: answer,
    get stdout() {
      return out.join('');
    },
    get stderr() {
      return err.join('');
    },
  };
}
