// The same flows with three major versions of MSAL for Node: `msal-node.ts 7|3|2`.
import type * as Newest from '@azure/msal-node';
import { hear, say, type Task, work } from './conversation.ts';

const modules: Readonly<Record<string, string>> = { '7': '@azure/msal-node', '3': 'msal-node-3', '2': 'msal-node-2' };
const version = process.argv[2] ?? '7';
// The three have the same calls where they are used here.
const msal = (await import(modules[version] ?? '')) as typeof Newest;

function authOf(task: Task) {
  return {
    clientId: task.clientId,
    authority: `${task.url}/${task.tenant}`,
    knownAuthorities: [task.host],
  };
}

function confidential(task: Task, withCertificate = false) {
  const { privateKey, thumbprint, thumbprintSha256 } = task;
  const credential = withCertificate
    ? { clientCertificate: version === '2' ? { privateKey, thumbprint } : { privateKey, thumbprintSha256 } }
    : { clientSecret: task.secret };
  // Version 2 knows SHA-1 thumbprints only, which the newest type does not allow any more.
  return new msal.ConfidentialClientApplication({ auth: { ...authOf(task), ...credential } } as Newest.Configuration);
}

async function withCode(task: Task): Promise<unknown> {
  const client = confidential(task);
  const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes();
  const request = { scopes: [task.scope], redirectUri: task.redirectUri };
  say({
    ask: await client.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: 'S256', state: 's' }),
  });
  const { code } = await hear<{ code: string }>();
  const first = await client.acquireTokenByCode({ ...request, code, codeVerifier: verifier });
  const account = first?.account;
  if (!account) throw new Error('MSAL has no account.');
  const second = await client.acquireTokenSilent({ scopes: [task.scope], account, forceRefresh: true });
  return { first, second };
}

async function withDevice(task: Task): Promise<unknown> {
  const client = new msal.PublicClientApplication({ auth: authOf(task) });
  return await client.acquireTokenByDeviceCode({
    scopes: [task.scope],
    deviceCodeCallback: ({ userCode }) => say({ ask: userCode }),
  });
}

await work(async (task) => {
  const scopes = [task.scope];
  switch (task.flow) {
    case 'secret':
      return await confidential(task).acquireTokenByClientCredential({ scopes });
    case 'certificate':
      return await confidential(task, true).acquireTokenByClientCredential({ scopes });
    case 'code':
      return await withCode(task);
    case 'device':
      return await withDevice(task);
    case 'on-behalf-of':
      return await confidential(task).acquireTokenOnBehalfOf({ scopes, oboAssertion: task.assertion });
    default:
      throw new Error(`No flow ${task.flow}.`);
  }
});
