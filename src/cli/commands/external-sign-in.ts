// Sign-in through the organisation's own OpenID Connect provider, for global administrators.
import { askSecret, confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showBlock, showList, when, yesNo } from '../show.ts';
import { readInputLines } from '../terminal.ts';
import type { WireCheckedProvider, WireExternalLink, WireExternalSignIn } from '../wire.ts';

const path = '/external-sign-in';

export async function show(call: Call): Promise<ExitCode> {
  showSetting(call, await call.api().call<WireExternalSignIn>('GET', path));
  return exitCodes.ok;
}

function showSetting(call: Call, answer: WireExternalSignIn): void {
  const { externalSignIn: set, redirectUris } = answer;
  const { t } = call;
  const list = (values: readonly string[]): string => values.join(', ') || '-';
  if (!set && !call.isJson) call.say(t('externalSignIn.none'));
  showBlock(call, answer, [
    ['externalSignIn.redirectUris', `${redirectUris.ownHost}, ${redirectUris.genericHost}`],
    ...(set
      ? ([
          ['externalSignIn.issuer', set.issuer],
          ['externalSignIn.clientId', `${set.clientId} (${set.clientAuthentication})`],
          ['table.displayName', set.displayName],
          ['externalSignIn.enabled', yesNo(call, set.isEnabled)],
          ['externalSignIn.scopes', list(set.scopes)],
          ['externalSignIn.userNameClaim', set.claims.userName],
          ['externalSignIn.displayNameClaim', set.claims.displayName],
          ['externalSignIn.groupsClaim', set.claims.groups ?? '-'],
          ['externalSignIn.groupRoles', list(set.groupRoles.map(groupRoleText))],
          ['externalSignIn.roleDays', String(set.roleDays)],
          ['externalSignIn.createsUsers', yesNo(call, set.createsUsers)],
          ['externalSignIn.linksUsers', yesNo(call, set.linksUsers)],
          ['externalSignIn.allowedDomains', list(set.allowedDomains)],
          ['externalSignIn.trustedDomains', list(set.trustedDomains)],
          ['externalSignIn.trustsSecondFactor', yesNo(call, set.trustsSecondFactor)],
          ['externalSignIn.secondFactorAcrs', list(set.secondFactorAcrs)],
        ] as const)
      : []),
  ]);
}

type GroupRole = NonNullable<WireExternalSignIn['externalSignIn']>['groupRoles'][number];

const groupRoleText = ({ group, role, kind }: GroupRole): string =>
  `${group}=${role}${kind === 'eligible' ? ':eligible' : ''}`;

/** Changes what an option names, leaves the rest as it is, and shows the result. */
export async function set(call: Call): Promise<ExitCode> {
  const { externalSignIn: before } = await call.api().call<WireExternalSignIn>('GET', path);
  const change = given(call);
  if (!call.flag('secret-stdin') && Object.values(change).every((value) => value === undefined)) {
    throw usage(call, call.t('settings.set.nothing'));
  }
  const { changedAt: _at, changedBy: _by, claims, ...kept } = before ?? { claims: undefined };
  const clientSecret = await secretOf(call, before === null);
  const body = {
    ...kept,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    claims: { ...claims, ...claimsGiven(call) },
    ...(clientSecret === undefined ? {} : { clientSecret }),
  };
  if (!('issuer' in body && 'clientId' in body && 'displayName' in body)) {
    throw usage(call, call.t('externalSignIn.set.missing'));
  }
  showSetting(call, await call.api().call<WireExternalSignIn>('PUT', path, { body }));
  return exitCodes.ok;
}

function usage(call: Call, sentence: string): CliProblem {
  const hint = call.t('usage.more', { command: 'sallyport help external-sign-in set' });
  return new CliProblem(exitCodes.usage, 'usage', sentence, [hint]);
}

function given(call: Call): Readonly<Record<string, unknown>> {
  const choice = (name: string): boolean | undefined => {
    const text = call.option(name);
    return text === undefined ? undefined : text === 'yes';
  };
  const days = call.option('role-days');
  if (days !== undefined && !/^\d{1,3}$/.test(days)) throw usage(call, call.t('externalSignIn.roleDays'));
  return {
    issuer: call.option('issuer'),
    clientId: call.option('client-id'),
    displayName: call.option('name'),
    isEnabled: choice('enabled'),
    clientAuthentication: call.option('client-authentication'),
    scopes: listOrNone(call, 'scope'),
    groupRoles: listOrNone(call, 'group-role')?.map((text) => parseGroupRole(call, text)),
    roleDays: days === undefined ? undefined : Number(days),
    createsUsers: choice('create-users'),
    linksUsers: choice('link-users'),
    allowedDomains: listOrNone(call, 'allowed-domain'),
    trustedDomains: listOrNone(call, 'trusted-domain'),
    trustsSecondFactor: choice('trust-second-factor'),
    secondFactorAcrs: listOrNone(call, 'second-factor-acr'),
    // Only tells that something was given; the members are put together with those that are there.
    claims: Object.keys(claimsGiven(call)).length > 0 ? {} : undefined,
  };
}

function claimsGiven(call: Call): Readonly<Record<string, string | null>> {
  const groups = call.option('groups-claim');
  const claims = {
    userName: call.option('user-name-claim'),
    displayName: call.option('display-name-claim'),
    groups: groups === 'none' ? null : groups,
  };
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The values of a repeated option, which replace those that are there; "none" leaves none. */
function listOrNone(call: Call, name: string): readonly string[] | undefined {
  const values = call.list(name);
  if (values.length === 0) return undefined;
  return values.length === 1 && values[0] === 'none' ? [] : values;
}

function parseGroupRole(call: Call, text: string): GroupRole {
  const [, group, role, kind] = /^(.+)=([^=:]+?)(?::(eligible|permanent))?$/s.exec(text) ?? [];
  if (group === undefined || role === undefined) throw usage(call, call.t('externalSignIn.set.groupRole'));
  return { group, role, kind: kind === 'eligible' ? 'eligible' : 'permanent' };
}

/** The client secret, never from the command line itself, which other users of the machine can read. */
async function secretOf(call: Call, isNew: boolean): Promise<string | undefined> {
  if (call.flag('secret-stdin')) {
    const [secret] = await readInputLines(call.terminal.input, 1);
    if (!secret) throw usage(call, call.t('externalSignIn.set.secretStdin'));
    return secret;
  }
  const isNeeded = isNew || call.option('issuer') !== undefined || call.option('client-id') !== undefined;
  if (!isNeeded || (!isNew && !call.terminal.isInputTty)) return undefined;
  return await askSecret(call, 'externalSignIn.set.askSecret', 'externalSignIn.set.useSecretStdin');
}

export async function check(call: Call): Promise<ExitCode> {
  const issuer = call.operandIfGiven('ISSUER');
  const body = issuer === undefined ? {} : { issuer };
  const checked = await call.api().call<WireCheckedProvider>('POST', `${path}/check`, { body });
  if (call.isJson) {
    call.json(checked);
  } else {
    for (const { severity, detail } of checked.findings) {
      call.say(
        `${call.t(severity === 'problem' ? 'externalSignIn.check.problem' : 'externalSignIn.check.warning')}: ${detail}`,
      );
    }
    call.say(
      call.t(checked.isUsable ? 'externalSignIn.check.usable' : 'externalSignIn.check.unusable', {
        issuer: checked.issuer,
      }),
    );
  }
  return checked.isUsable ? exitCodes.ok : exitCodes.failed;
}

export async function links(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireExternalLink>(call, {
    path: `${path}/links`,
    columns: [
      { heading: t('table.userName'), cell: ({ user }) => user.userName },
      { heading: t('externalSignIn.subject'), cell: ({ subject }) => subject },
      { heading: t('externalSignIn.issuer'), cell: ({ issuer }) => issuer },
      { heading: t('table.created'), cell: ({ linkedAt }) => when(call, linkedAt) },
      { heading: t('table.lastSignIn'), cell: ({ lastSignInAt }) => when(call, lastSignInAt) },
    ],
  });
  return exitCodes.ok;
}

export async function unlink(call: Call): Promise<ExitCode> {
  const user = call.operand('USER');
  await confirm(call, call.t('externalSignIn.unlink.question', { user }));
  const request = { method: 'DELETE', path: at`/external-sign-in/links/${user}` };
  await doAndSay(call, request, call.t('externalSignIn.unlink.done', { user }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  await confirm(call, call.t('externalSignIn.remove.question'));
  await doAndSay(call, { method: 'DELETE', path }, call.t('externalSignIn.remove.done'));
  return exitCodes.ok;
}
