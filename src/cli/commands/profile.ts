// The profiles of this user on this machine. None of these commands calls a server.
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Profile } from '../profiles.ts';
import { when } from '../show.ts';
import { tableLines } from '../table.ts';

export async function list(call: Call): Promise<ExitCode> {
  const profiles = call.profiles.list();
  const current = call.profiles.currentName();
  if (call.isJson) {
    call.json({
      items: profiles.map(({ session, ...rest }) => ({
        ...rest,
        isSignedIn: session !== null,
        isCurrent: rest.name === current,
      })),
    });
  } else if (profiles.length === 0) call.say(call.t('profile.list.none'));
  else for (const line of tableLines<Profile>(columnsOf(call, current), profiles)) call.say(line);
  return exitCodes.ok;
}

function columnsOf(call: Call, current: string | undefined) {
  const { t } = call;
  return [
    { heading: '', cell: (profile: Profile) => (profile.name === current ? '*' : '') },
    { heading: t('table.name'), cell: (profile: Profile) => profile.name },
    { heading: t('table.url'), cell: (profile: Profile) => profile.url },
    { heading: t('table.tenant'), cell: (profile: Profile) => profile.tenant },
    { heading: t('table.user'), cell: (profile: Profile) => profile.userName },
    {
      heading: t('whoami.sessionUntil'),
      cell: (profile: Profile) =>
        profile.session === null ? t('profile.list.signedOut') : when(call, profile.expiresAt),
    },
  ];
}

export async function use(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  if (!call.profiles.use(name)) throw unknownProfile(call, name);
  if (call.isJson) call.json({ profile: name });
  else call.say(call.t('profile.use.done', { profile: name }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  const profile = call.profiles.find(name);
  if (!profile || !call.profiles.remove(name)) throw unknownProfile(call, name);
  if (call.isJson) call.json({ profile: name });
  else call.say(call.t('profile.remove.done', { profile: name }));
  if (profile.session !== null)
    call.note(call.t('profile.remove.sessionLives', { until: when(call, profile.expiresAt) }));
  return exitCodes.ok;
}

function unknownProfile(call: Call, name: string): CliProblem {
  return new CliProblem(exitCodes.notFound, 'no-such-profile', call.t('profiles.unknown', { name }), [
    call.t('profiles.unknownHint'),
  ]);
}
