// The only reader of the environment and of the configuration file. Everything else gets a Config.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { jsonProblem } from './lib/json.ts';
import { environmentName, type Setting, type SettingValue, settings } from './settings.ts';

type SettingRow = (typeof settings)[number];
/** Settings that have a default are never null; those whose default is null may be. */
type ValueOf<Row extends SettingRow> = Row extends { kind: 'number' }
  ? number
  : Row extends { kind: 'flag' }
    ? boolean
    : Row extends { kind: 'list' }
      ? readonly string[]
      : Row extends { initial: null }
        ? string | null
        : string;

type SettingValues = { readonly [Row in SettingRow as Row['name']]: ValueOf<Row> };

/** What this process is told besides its settings. */
export interface Mode {
  /** The demo makes tenants, accounts and data on first start and writes their passwords to demo.json. */
  readonly isDemo: boolean;
  /** Also answer to the host names that the documented services use. */
  readonly vendorHosts: boolean;
}

export type Config = SettingValues & Mode;

/** A sentence for the operator: what is wrong with which setting, and what to change. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

export type Environment = Readonly<Record<string, string | undefined>>;

const fileVariable = 'SALLYPORT_CONFIG';

/** Where a value came from, for `sallyport config`. */
export type Source = 'default' | 'file' | 'environment' | 'mode';

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<string, Source>>;
  /** The configuration file that was read, if any. */
  readonly file: string | null;
}

/**
 * Reads environment and file, environment first. Unknown keys in either are refused, as is every value out of bounds.
 * `overrides` are what a mode changes about the defaults; they give way to what the operator says.
 */
export function loadConfig(
  mode: Mode,
  environment: Environment = process.env,
  overrides: Partial<SettingValues> = {},
): LoadedConfig {
  refuseUnknownVariables(environment);
  const file = environment[fileVariable] || null;
  const fromFile = file === null ? {} : readConfigFile(file);
  const values: Record<string, SettingValue> = {};
  const sources: Record<string, Source> = {};
  for (const setting of settings as readonly Setting[]) {
    const variable = environmentName(setting);
    const text = environment[variable];
    if (text !== undefined && text !== '') {
      values[setting.name] = checked(setting, parseText(setting, text, variable), variable);
      sources[setting.name] = 'environment';
    } else if (Object.hasOwn(fromFile, setting.name)) {
      values[setting.name] = checked(setting, fromFile[setting.name], `${setting.name} in ${file}`);
      sources[setting.name] = 'file';
    } else if (Object.hasOwn(overrides, setting.name)) {
      values[setting.name] = (overrides as Record<string, SettingValue>)[setting.name] ?? null;
      sources[setting.name] = 'mode';
    } else {
      values[setting.name] = setting.initial;
      sources[setting.name] = 'default';
    }
  }
  values.dataFolder = resolve(String(values.dataFolder));
  const config = { ...values, ...mode } as unknown as Config; // Each value was checked against its row above.
  return { config, sources, file };
}

function refuseUnknownVariables(environment: Environment): void {
  const known = new Set([...(settings as readonly Setting[]).map(environmentName), fileVariable]);
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith('SALLYPORT_') && !known.has(variable)) {
      throw new ConfigProblem(
        `${variable} is not a setting. Remove it, or correct its name; "sallyport config" lists them all.`,
      );
    }
  }
}

function readConfigFile(file: string): Record<string, unknown> {
  if (!existsSync(file)) throw new ConfigProblem(`${fileVariable} names ${file}, which does not exist.`);
  let text = '';
  let content: unknown;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigProblem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ConfigProblem(`${file} is not JSON: ${jsonProblem(text, error)}.`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigProblem(`${file} must hold one JSON object of settings.`);
  }
  const known = new Set((settings as readonly Setting[]).map((setting) => setting.name));
  for (const key of Object.keys(content)) {
    if (!known.has(key))
      throw new ConfigProblem(`${key} in ${file} is not a setting. "sallyport config" lists them all.`);
  }
  return content as Record<string, unknown>;
}

function parseText(setting: Setting, text: string, where: string): unknown {
  if (setting.kind === 'number') return text.trim() === '' ? Number.NaN : Number(text);
  if (setting.kind === 'list')
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (setting.kind === 'flag') {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw new ConfigProblem(`${where} must be true or false, not "${text}".`);
  }
  return text;
}

function checked(setting: Setting, value: unknown, where: string): SettingValue {
  // What "sallyport config --json" prints for a setting that is not set can be put into a file as it is.
  if (value === null && setting.initial === null) return null;
  switch (setting.kind) {
    case 'number': {
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = setting;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
        throw new ConfigProblem(`${where} must be a whole number from ${minimum} to ${maximum}.`);
      }
      return value;
    }
    case 'flag':
      if (typeof value !== 'boolean') throw new ConfigProblem(`${where} must be true or false.`);
      return value;
    case 'list':
      if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) {
        throw new ConfigProblem(`${where} must be a list of texts.`);
      }
      return value as string[];
    case 'text':
      if (typeof value !== 'string' || value === '')
        throw new ConfigProblem(`${where} must be a text that is not empty.`);
      if (setting.oneOf && !setting.oneOf.includes(value)) {
        throw new ConfigProblem(`${where} must be one of ${setting.oneOf.join(', ')}.`);
      }
      return value;
  }
}

/** What the command line needs of the environment: language, where profiles lie, whether to colour. */
export interface CliEnvironment {
  readonly languageTag: string;
  readonly profilesFile: string;
  /** Where `npm start` leaves the accounts of the demo. */
  readonly demoFile: string;
}

export function readCliEnvironment(environment: Environment = process.env): CliEnvironment {
  const base =
    environment.XDG_CONFIG_HOME || (process.platform === 'win32' && environment.APPDATA) || join(homedir(), '.config');
  return {
    languageTag: environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || 'en',
    profilesFile: join(base, 'sallyport', 'profiles.json'),
    demoFile: resolve(environment.SALLYPORT_DATA || 'data/demo', 'demo.json'),
  };
}
