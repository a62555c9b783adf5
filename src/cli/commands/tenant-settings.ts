// What the tenant decides about applications and consent.
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { showBlock, yesNo } from '../show.ts';
import type { WireTenantSettings } from '../wire.ts';

export async function show(call: Call): Promise<ExitCode> {
  showSettings(call, await call.api().call<WireTenantSettings>('GET', '/tenant-settings'));
  return exitCodes.ok;
}

/** Changes what an option names and shows the result. */
export async function set(call: Call): Promise<ExitCode> {
  const choice = (option: string): boolean | undefined => {
    const text = call.option(option);
    return text === undefined ? undefined : text === 'yes';
  };
  const body: Partial<Record<keyof WireTenantSettings, unknown>> = {
    membersMayRegister: choice('members-may-register'),
    userConsent: call.option('user-consent'),
    consentRequestsEnabled: choice('consent-requests'),
    passwordGrantEnabled: choice('password-grant'),
  };
  if (Object.values(body).every((value) => value === undefined)) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('settings.set.nothing'), [
      call.t('usage.more', { command: 'sallyport help settings set' }),
    ]);
  }
  showSettings(call, await call.api().call<WireTenantSettings>('PATCH', '/tenant-settings', { body }));
  return exitCodes.ok;
}

function showSettings(call: Call, settings: WireTenantSettings): void {
  showBlock(call, settings, [
    ['settings.membersMayRegister', yesNo(call, settings.membersMayRegister)],
    [
      'settings.userConsent',
      call.t(settings.userConsent === 'none' ? 'settings.consentNone' : 'settings.consentNonAdmin'),
    ],
    ['settings.consentRequests', yesNo(call, settings.consentRequestsEnabled)],
    ['settings.passwordGrant', yesNo(call, settings.passwordGrantEnabled)],
  ]);
}
