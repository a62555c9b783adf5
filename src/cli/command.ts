// What a command is, as data, and what it is given when it runs. The table of all commands is command-list.ts; the
// functions themselves are loaded only when their command is called, so that the start stays fast.
import type { CliEnvironment } from '../config.ts';
import type { ApiClient } from './client.ts';
import type { ExitCode } from './exit-codes.ts';
import type { ProfileStore } from './profiles.ts';
import type { Terminal } from './terminal.ts';
import type { TextKey, TextValues } from './text.ts';

export interface OperandSpec {
  /** As usage lines show it: NAME, USER, FILE. */
  readonly name: string;
  readonly about: TextKey;
  readonly optional?: true;
  /** Takes every value that follows, one at least. Only the last operand can. */
  readonly repeated?: true;
}

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  /** What usage lines show for the value; an option without it is a flag. */
  readonly value?: string;
  /** May be given more than once. */
  readonly repeated?: true;
  readonly oneOf?: readonly string[];
  readonly about: TextKey;
}

export type Run = (call: Call) => Promise<ExitCode>;

export interface Command {
  /** One to three words: `about`, `token generate`, `app secret add`. */
  readonly words: readonly [string] | readonly [string, string] | readonly [string, string, string];
  readonly summary: TextKey;
  readonly operands?: readonly OperandSpec[];
  readonly options?: readonly OptionSpec[];
  /** Whole command lines, shown by help as they stand. */
  readonly examples?: readonly string[];
  load(): Promise<Run>;
}

/** What the command line said, checked against the command's own table. */
export interface Arguments {
  readonly operands: ReadonlyMap<string, string>;
  /** What the repeated operand got. */
  readonly repeated: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** Everything a command gets. Made once per invocation. */
export interface Call {
  readonly command: Command;
  readonly terminal: Terminal;
  readonly environment: CliEnvironment;
  readonly profiles: ProfileStore;
  /** True when the answer is to be printed as JSON. */
  readonly isJson: boolean;
  /** The value of --profile. */
  readonly profileName: string | undefined;
  readonly language: string;
  t(key: TextKey, values?: TextValues): string;
  /** A required operand. */
  operand(name: string): string;
  operandIfGiven(name: string): string | undefined;
  /** The values of the repeated operand. */
  repeated(): readonly string[];
  option(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean;
  /** One line for the person or program that reads standard output. */
  say(line: string): void;
  /** One line beside the result, on standard error. */
  note(line: string): void;
  /** The API's answer, as JSON on standard output. */
  json(value: unknown): void;
  /** The management API with the profile's session; refuses when nobody is signed in. */
  api(): ApiClient;
}

/** The command cannot go on. The message is a finished sentence in the person's language. */
export class CliProblem extends Error {
  override readonly name = 'CliProblem';
  readonly exitCode: ExitCode;
  /** Stable, kebab-case; what --json prints. */
  readonly code: string;
  /** What to do next, a sentence a line. */
  readonly hints: readonly string[];
  constructor(exitCode: ExitCode, code: string, message: string, hints: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.hints = hints;
  }
}
