// One invocation of `sallyport`: what was typed in, an exit code out. main.ts runs it with the process's own terminal,
// tests with one of their own.
import { readFileSync } from 'node:fs';
import type { CliEnvironment } from '../config.ts';
import { type ApiClient, openClient } from './client.ts';
import { type Arguments, type Call, CliProblem, type Command } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { helpLines } from './help.ts';
import { findLanguageOption, parseCommandLine } from './parse.ts';
import { describeFailure } from './problems.ts';
import { openProfiles, type Profile, signedInProfile } from './profiles.ts';
import type { Terminal } from './terminal.ts';
import { findLanguage, type Language, languages, openTexts, type Translate } from './text.ts';

/** Runs one command line (without the program's name). Never throws: everything becomes words and an exit code. */
export async function runCli(
  argv: readonly string[],
  terminal: Terminal,
  environment: CliEnvironment,
): Promise<ExitCode> {
  const wanted = findLanguageOption(argv);
  const language = findLanguage(wanted ?? environment.languageTag) ?? 'en';
  const t = openTexts(language);
  let client: ApiClient | undefined;
  try {
    if (wanted !== undefined && !findLanguage(wanted)) throw unknownLanguage(wanted, t);
    const parsed = parseCommandLine(argv, t);
    if (parsed.kind === 'help') return print(terminal, helpLines(parsed.words, t));
    if (parsed.kind === 'version') return print(terminal, [`sallyport ${programVersion()}`]);
    const { command, given } = parsed;
    const call = makeCall({ command, given, terminal, environment, language, t }, (profile) => {
      client ??= openClient(profile);
      return client;
    });
    const run = await command.load();
    return await run(call);
  } catch (error) {
    const failure = describeFailure(error, t);
    if (argv.includes('--json')) terminal.err(`${JSON.stringify(failure.json)}\n`);
    else for (const line of failure.lines) terminal.err(`${line}\n`);
    return failure.exitCode;
  } finally {
    client?.close();
  }
}

function print(terminal: Terminal, lines: readonly string[]): ExitCode {
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

/** The version in package.json. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string; // npm refuses a package without one.
  };
  return version;
}

function unknownLanguage(wanted: string, t: Translate): CliProblem {
  return new CliProblem(exitCodes.usage, 'unknown-language', t('usage.unknownLanguage', { language: wanted }), [
    t('usage.languagesAre', { languages: languages.join(', ') }),
  ]);
}

interface Invocation {
  readonly command: Command;
  readonly given: Arguments;
  readonly terminal: Terminal;
  readonly environment: CliEnvironment;
  readonly language: Language;
  readonly t: Translate;
}

function makeCall(invocation: Invocation, connect: (profile: Profile) => ApiClient): Call {
  const { command, given, terminal, environment, language, t } = invocation;
  const profiles = openProfiles(environment.profilesFile, t);
  const profileName = given.options.get('profile')?.[0];
  const operandIfGiven = (name: string): string | undefined => given.operands.get(name);
  return {
    ...{ command, terminal, environment, profiles, profileName, language, t, operandIfGiven },
    isJson: given.options.has('json'),
    operand(name) {
      const value = operandIfGiven(name);
      if (value === undefined) throw new Error(`${command.words.join(' ')} has no required operand ${name}.`);
      return value;
    },
    repeated: () => given.repeated,
    option: (name) => given.options.get(name)?.[0],
    list: (name) => given.options.get(name) ?? [],
    flag: (name) => given.options.has(name),
    say: (line) => terminal.out(`${line}\n`),
    note: (line) => terminal.err(`${line}\n`),
    json: (value) => terminal.out(`${JSON.stringify(value ?? {}, null, 2)}\n`),
    api: () => connect(signedInProfile(profiles, profileName, t)),
  };
}
