import { readFile, stat } from 'node:fs/promises';

/** The token cannot be taken from where it was to be; the message says what to do. */
export class NoToken extends Error {
  override readonly name = 'NoToken';
}

const tokenBytesMax = 4096;

/**
 * The agent's token, from a file that only its owner can read or else from standard input: arguments are seen by everybody on
 * the machine. Throws NoToken.
 */
export async function readToken(file: string | null, input: NodeJS.ReadStream): Promise<string> {
  return file === null ? await fromInput(input) : await fromFile(file);
}

async function fromFile(file: string): Promise<string> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new NoToken(`Others can read ${file}. Make it yours alone: chmod 600 ${file}`);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof NoToken) throw error;
    throw new NoToken(
      `The token cannot be read from ${file}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return checked(text);
}

async function fromInput(input: NodeJS.ReadStream): Promise<string> {
  if (input.isTTY) throw new NoToken('Give the token on standard input, or in a file with --token-file.');
  let text = '';
  for await (const chunk of input as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    // A starter may keep standard input open behind the line.
    if (text.includes('\n') || text.length > tokenBytesMax) break;
  }
  return checked(text);
}

function checked(text: string): string {
  const token = text.split('\n', 1)[0]?.trim() ?? '';
  if (/^[\x21-\x7e]{16,512}$/.test(token)) return token;
  throw new NoToken('What was given is no token. Paste the value that was shown when the agent was created.');
}
