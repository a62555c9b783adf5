// Signing in: address, name, password, and whatever else the server then asks for.
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { askLine, askNewPassword, askSecret } from '../ask.ts';
import { type ApiClient, ApiProblem, openClient } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { findDemoAccount } from '../demo-file.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { isProfileName, type Profile } from '../profiles.ts';
import { parseServerUrl } from '../server-url.ts';
import { when } from '../show.ts';
import { readInputLines } from '../terminal.ts';
import type { WireBegunSession } from '../wire.ts';

/** Where to sign in and as whom, before anybody is asked for a secret. */
interface Target {
  readonly profileName: string;
  readonly url: string;
  readonly caFile: string | null;
  readonly tenant: string | undefined;
  readonly userName: string;
}

/** What proves it. `newPassword` answers a demanded change where nobody can be asked. */
interface Proof {
  readonly password: string;
  readonly newPassword: string | undefined;
}

export async function login(call: Call): Promise<ExitCode> {
  if (call.flag('demo')) return loginToDemo(call);
  const target = await chooseTarget(call);
  const proof = call.flag('password-stdin')
    ? await proofFromInput(call)
    : {
        password: await askSecret(call, 'login.askPassword', 'ask.usePasswordStdin', { user: target.userName }),
        newPassword: undefined,
      };
  return signIn(call, target, proof);
}

async function loginToDemo(call: Call): Promise<ExitCode> {
  const account = findDemoAccount(call.environment.demoFile, call.operandIfGiven('URL'), call.t);
  const profileName = checkedProfileName(call, call.profileName ?? `${account.tenant}/${account.role}`);
  return signIn(call, { ...account, profileName }, { password: account.password, newPassword: undefined });
}

function checkedProfileName(call: Call, name: string): string {
  if (isProfileName(name)) return name;
  throw new CliProblem(exitCodes.usage, 'profile-name', call.t('profiles.badName', { name }));
}

/** What was typed, completed by the profile that it is a repetition of. */
async function chooseTarget(call: Call): Promise<Target> {
  const profileName = checkedProfileName(call, call.profileName ?? call.profiles.currentName() ?? 'default');
  const known = call.profiles.find(profileName);
  const typedUrl = call.operandIfGiven('URL');
  const url = typedUrl === undefined ? known?.url : parseServerUrl(typedUrl, call.t);
  if (!url) throw new CliProblem(exitCodes.usage, 'url-missing', call.t('login.urlMissing'), [call.t('login.urlHint')]);
  const before = known?.url === url ? known : undefined;
  // A sign-in elsewhere without a chosen name must not take the place of the profile in use.
  const name = call.profileName ?? (before || !known ? profileName : freeName(call, url));
  const caFile = call.option('ca-file');
  const userName = call.option('user') ?? before?.userName;
  return {
    profileName: name,
    url,
    caFile: caFile === undefined ? (before?.caFile ?? null) : readableFile(caFile),
    tenant: call.option('tenant') ?? (userName === before?.userName ? before?.tenant : undefined),
    userName: userName ?? (await askLine(call, 'login.askUser', 'login.useUser')),
  };
}

function freeName(call: Call, url: string): string {
  const host = new URL(url).host.replaceAll(/[^A-Za-z0-9.-]/g, '-');
  return isProfileName(host) ? host : `server-${call.profiles.list().length + 1}`;
}

function readableFile(path: string): string {
  const file = resolve(path);
  accessSync(file, constants.R_OK);
  return file;
}

/** --password-stdin: the password on the first line, a new one on the second for the case that a change is demanded. */
async function proofFromInput(call: Call): Promise<Proof> {
  const [password, newPassword] = await readInputLines(call.terminal.input, 2);
  if (!password) throw new CliProblem(exitCodes.usage, 'password-missing', call.t('login.passwordMissing'));
  return { password, newPassword: newPassword || undefined };
}

async function signIn(call: Call, target: Target, proof: Proof): Promise<ExitCode> {
  const client = openClient({ url: target.url, caFile: target.caFile, session: null });
  try {
    const session = await openSession(call, client, target, proof);
    keep(call, target, session);
    const { value: _secret, ...rest } = session;
    if (call.isJson) call.json({ ...rest, profile: target.profileName });
    else {
      call.say(call.t('login.done', { user: session.user.userName, tenant: session.tenant.displayName }));
      call.say(call.t('login.kept', { profile: target.profileName, until: when(call, session.expiresAt) }));
    }
    return exitCodes.ok;
  } finally {
    client.close();
  }
}

/** Tries, and answers what the server asks for: a second factor, a new password. Each is asked for once. */
async function openSession(call: Call, client: ApiClient, target: Target, proof: Proof): Promise<WireBegunSession> {
  let body: Record<string, unknown> = {
    ...{ client: 'cli', tenant: target.tenant, userName: target.userName, password: proof.password },
    ...codeMember(call.option('code')),
  };
  const answered = new Set<string>();
  for (;;) {
    try {
      return await client.call<WireBegunSession>('POST', '/sessions', { body });
    } catch (error) {
      if (!(error instanceof ApiProblem) || answered.has(error.problem.code)) throw error;
      answered.add(error.problem.code);
      const more = await answerTo(call, error.problem.code, proof);
      if (!more) throw error;
      body = { ...body, ...more };
    }
  }
}

/** What to add to the sign-in, or undefined when nothing would help. */
async function answerTo(call: Call, code: string, proof: Proof): Promise<Record<string, unknown> | undefined> {
  if (code === 'second-factor-required' && call.terminal.isInputTty && call.option('code') === undefined) {
    return codeMember(await askLine(call, 'login.askCode', 'login.useCode'));
  }
  if (code === 'password-change-required') {
    if (proof.newPassword !== undefined) return { newPassword: proof.newPassword };
    if (!call.terminal.isInputTty) return undefined;
    call.note(call.t('login.changeDemanded'));
    return { newPassword: await askNewPassword(call) };
  }
  return undefined;
}

/** Six digits are a code of the authenticator; anything else is meant as a recovery code. */
export function codeMember(code: string | undefined): { code?: string; recoveryCode?: string } {
  if (code === undefined) return {};
  const compact = code.replaceAll(/\s/g, '');
  return /^\d{6}$/.test(compact) ? { code: compact } : { recoveryCode: code.trim() };
}

function keep(call: Call, target: Target, session: WireBegunSession): void {
  if (!session.value) throw new CliProblem(exitCodes.failed, 'no-session', call.t('login.noSession'));
  const before = call.profiles.find(target.profileName);
  const profile: Profile = {
    name: target.profileName,
    url: target.url,
    tenant: session.tenant.slug,
    userName: session.user.userName,
    session: session.value,
    expiresAt: session.expiresAt,
    caFile: target.caFile,
    // What was verified before stays known, unless the profile now means another server.
    auditHeads: before?.url === target.url ? before.auditHeads : {},
  };
  call.profiles.save(profile, { makeCurrent: true });
}
