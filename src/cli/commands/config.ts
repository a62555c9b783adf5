import { loadConfig } from '../../config.ts';
import { environmentName, type Setting, type SettingValue, settings } from '../../settings.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { tableLines } from '../table.ts';
import { settingsOf } from './serve.ts';

const mask = '********';

/** `sallyport config`: every setting with the value in force and where it comes from; secrets are masked. */
export async function run(call: Call): Promise<ExitCode> {
  const { config, sources, file } = settingsOf(() => loadConfig({ isDemo: false, vendorHosts: false }), call);
  const rows = (settings as readonly Setting[]).map((setting) => {
    const value: SettingValue = config[setting.name as keyof typeof config]; // Each setting is a member of Config.
    return {
      name: setting.name,
      value: setting.isSecret && value !== null ? mask : value,
      source: sources[setting.name] ?? 'default',
      environment: environmentName(setting),
      about: setting.about,
    };
  });
  if (call.isJson) {
    call.json({ file, settings: rows });
    return exitCodes.ok;
  }
  call.say(file ? call.t('config.file', { file }) : call.t('config.noFile'));
  call.say('');
  const columns = [
    { heading: call.t('config.columns.setting'), cell: (row: (typeof rows)[number]) => row.name },
    { heading: call.t('config.columns.value'), cell: (row: (typeof rows)[number]) => shown(row.value) },
    { heading: call.t('config.columns.source'), cell: (row: (typeof rows)[number]) => row.source },
    { heading: call.t('config.columns.environment'), cell: (row: (typeof rows)[number]) => row.environment },
  ];
  for (const line of tableLines(columns, rows)) call.say(line);
  return exitCodes.ok;
}

function shown(value: SettingValue): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  return String(value);
}
