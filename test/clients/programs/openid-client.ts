// openid-client, which checks what it is told: issuer, signature of the id token, `iss` of the answer.
import * as oidc from 'openid-client';
import { hear, say, type Task, work } from './conversation.ts';

async function configure(task: Task, auth?: oidc.ClientAuth): Promise<oidc.Configuration> {
  const issuer = new URL(`${task.url}/${task.tenant}/v2.0`);
  const config = await oidc.discovery(issuer, task.clientId, task.secret, auth, { timeout: 20 });
  oidc.enableNonRepudiationChecks(config);
  return config;
}

async function withCode(task: Task): Promise<unknown> {
  const config = await configure(task);
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const parameters = {
    redirect_uri: task.redirectUri,
    scope: `openid profile offline_access ${task.scope}`,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  };
  const ask =
    task.flow === 'pushed'
      ? await oidc.buildAuthorizationUrlWithPAR(config, parameters)
      : oidc.buildAuthorizationUrl(config, parameters);
  say({ ask: ask.href });
  const { url } = await hear<{ url: string }>();
  const first = await oidc.authorizationCodeGrant(config, new URL(url), {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
  });
  const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
  const introspected = await oidc.tokenIntrospection(config, second.access_token);
  const userInfo = await userInfoOf(config, task, second.refresh_token ?? '', first.claims()?.sub ?? '');
  await oidc.tokenRevocation(config, second.refresh_token ?? '');
  const afterwards = await oidc.tokenIntrospection(config, second.refresh_token ?? '');
  return { first, claims: first.claims(), second, introspected, userInfo, afterwards };
}

/** A token for the directory itself: userinfo takes no other. */
async function userInfoOf(
  config: oidc.Configuration,
  _task: Task,
  refreshToken: string,
  subject: string,
): Promise<unknown> {
  const { access_token } = await oidc.refreshTokenGrant(config, refreshToken, { scope: 'openid profile' });
  return await oidc.fetchUserInfo(config, access_token, subject);
}

async function withDevice(task: Task): Promise<unknown> {
  const config = await configure(task, oidc.None());
  const answer = await oidc.initiateDeviceAuthorization(config, { scope: `openid ${task.scope}` });
  say({ ask: answer.user_code });
  return await oidc.pollDeviceAuthorizationGrant(config, { ...answer, interval: 1 });
}

await work(async (task) => {
  switch (task.flow) {
    case 'secret':
      return await oidc.clientCredentialsGrant(await configure(task), { scope: task.scope });
    case 'basic':
      return await oidc.clientCredentialsGrant(await configure(task, oidc.ClientSecretBasic(task.secret)), {
        scope: task.scope,
      });
    case 'code':
    case 'pushed':
      return await withCode(task);
    case 'device':
      return await withDevice(task);
    default:
      throw new Error(`No flow ${task.flow}.`);
  }
});
