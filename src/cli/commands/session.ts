// Who am I, where am I, and goodbye.
import { ApiProblem } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { signedInProfile } from '../profiles.ts';
import { showBlock, when, yesNo } from '../show.ts';
import type { WireAbout, WirePresentSession } from '../wire.ts';

export async function logout(call: Call): Promise<ExitCode> {
  const profile = signedInProfile(call.profiles, call.profileName, call.t);
  try {
    await call.api().call('DELETE', '/session');
  } catch (error) {
    // A session that the server no longer knows is what was wanted.
    if (!(error instanceof ApiProblem) || error.problem.status !== 401) throw error;
  }
  call.profiles.save({ ...profile, session: null, expiresAt: null });
  if (call.isJson) call.json({ profile: profile.name });
  else call.say(call.t('logout.done', { profile: profile.name }));
  return exitCodes.ok;
}

export async function whoami(call: Call): Promise<ExitCode> {
  const session = await call.api().call<WirePresentSession>('GET', '/session');
  const roles = session.roles.map((role) => role.displayName);
  showBlock(call, session, [
    ['table.user', `${session.user.displayName} <${session.user.userName}>`],
    ['table.tenant', `${session.tenant.displayName} (${session.tenant.slug})`],
    ['whoami.rolesInForce', roles.length > 0 ? roles.join(', ') : call.t('words.none')],
    ['whoami.fullAdministrator', yesNo(call, session.isFullAdministrator)],
    ['table.permissions', session.permissions.length > 0 ? session.permissions.join(', ') : call.t('words.none')],
    ['whoami.sessionUntil', when(call, session.expiresAt)],
    ['whoami.server', call.api().origin],
  ]);
  return exitCodes.ok;
}

export async function about(call: Call): Promise<ExitCode> {
  const answer = await call.api().call<WireAbout>('GET', '/about');
  showBlock(call, answer, [
    ['about.product', `${answer.name} ${answer.version}`],
    ['about.region', answer.region],
    ['table.tenant', `${answer.tenant.displayName} (${answer.tenant.slug})`],
    ['about.tenantId', answer.aadTenantId],
    ['about.tenantNumber', String(answer.tenant.number)],
    ['about.apiUrl', answer.apiUrl],
    ['about.portalUrl', answer.portalUrl],
  ]);
  return exitCodes.ok;
}
