import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Translate } from './text.ts';

export interface DemoAccount {
  readonly url: string;
  readonly caFile: string | null;
  readonly tenant: string;
  readonly role: string;
  readonly userName: string;
  readonly password: string;
}

/** What `npm start` writes into the demo's data folder. */
interface DemoFile {
  readonly url: string;
  readonly caFile: string | null;
  readonly tenants: Readonly<
    Record<
      string,
      { readonly users: Readonly<Record<string, { readonly userName: string; readonly password: string }>> }
    >
  >;
}

/** The account that `tenant/role` names; `tenant` alone is its global administrator, nothing is Contoso's. */
export function findDemoAccount(file: string, which: string | undefined, t: Translate): DemoAccount {
  const { url, caFile, tenants } = readDemoFile(file, t);
  const [tenant = '', role = 'global-administrator', ...more] = (which ?? 'contoso').split('/');
  const users = Object.hasOwn(tenants, tenant) ? tenants[tenant]?.users : undefined;
  const account = users && Object.hasOwn(users, role) ? users[role] : undefined;
  if (!users || !account || more.length > 0) {
    const known = users
      ? Object.keys(users).map((each) => `${tenant}/${each}`)
      : Object.keys(tenants).map((each) => `${each}/global-administrator`);
    throw new CliProblem(exitCodes.notFound, 'no-such-account', t('login.demoUnknown', { account: which ?? '' }), [
      t('login.demoKnown', { accounts: known.join(', ') }),
    ]);
  }
  const { userName, password } = account;
  return { url, caFile: caFile === null ? null : resolve(dirname(file), caFile), tenant, role, userName, password };
}

function readDemoFile(file: string, t: Translate): DemoFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CliProblem(exitCodes.notFound, 'no-demo', t('login.demoMissing', { file }), [t('login.demoMissingHint')]);
  }
  try {
    const content = JSON.parse(text) as Partial<DemoFile>; // Looked at member by member below.
    if (typeof content.url === 'string' && typeof content.tenants === 'object' && content.tenants !== null) {
      return { url: content.url, caFile: content.caFile ?? null, tenants: content.tenants };
    }
  } catch {
    // Falls through: what is no JSON is no demo file either.
  }
  throw new CliProblem(exitCodes.failed, 'bad-demo-file', t('login.demoBroken', { file }), [
    t('login.demoMissingHint'),
  ]);
}
