// A client program talks with its test in lines of JSON: the first line in is its task, every line out an answer or a
// question, the following lines in the answers to those.
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** The next line from the test; the program knows what it asked for. */
export async function hear<T>(): Promise<T> {
  const { value, done } = await lines.next();
  if (done) throw new Error('The test has ended the conversation.');
  return JSON.parse(value) as T; // Written by the test for this very question.
}

export function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** What every task has. */
export interface Task {
  readonly flow: string;
  /** Scheme, host and port of the server. */
  readonly url: string;
  readonly host: string;
  /** Id or domain of the tenant that the token is for. */
  readonly tenant: string;
  readonly clientId: string;
  readonly secret: string;
  /** PEM of the app's certificate and its private key, and its thumbprints in hex. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly thumbprint: string;
  readonly thumbprintSha256: string;
  readonly scope: string;
  readonly redirectUri: string;
  /** An access token for this app, for on-behalf-of. */
  readonly assertion: string;
}

/** Runs the task and says how it ended; what the library threw is an answer too. */
export async function work(run: (task: Task) => Promise<unknown>): Promise<void> {
  try {
    say({ result: await run(await hear<Task>()) });
  } catch (error) {
    say({ failure: describe(error) });
  }
  process.exit(0);
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return { ...error, name: error.name, message: error.message };
}
