// How each kind of credential is sent, as OpenAPI says it.
import { sessionCookieName } from '../../directory/sessions.ts';
import type { Credential } from './described.ts';

type Json = Readonly<Record<string, unknown>>;

const schemes = {
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookieName,
    description: 'The session of a person who is signed in at the portal. The browser sends it by itself.',
  },
  csrfToken: {
    type: 'apiKey',
    in: 'header',
    name: 'x-csrf-token',
    description:
      'Goes with the session cookie wherever a call could change something: `csrfToken` of `GET /management/v1/session`.',
  },
  commandLineSession: {
    type: 'http',
    scheme: 'bearer',
    description: 'The session of a person who signed in at the command line.',
  },
  apiToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'An API token that a person generated: `Token <value>`. It may do what the person may do at that moment.',
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: "An app's access token from the token endpoint, for this API.",
  },
  siemAgentToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The token of a SIEM agent: `Token <value>`.',
  },
  logCollectorToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The token of a log collector: `Token <value>`.',
  },
  clientSecret: {
    type: 'http',
    scheme: 'basic',
    description:
      "An app's id and secret. Both may be sent in the form as well, or an assertion in the place of the secret.",
  },
  userinfoToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token for Microsoft Graph with the scope `openid`.',
  },
} as const satisfies Readonly<Record<string, Json>>;

type Scheme = keyof typeof schemes;

/** Each of the lists is enough; what stands in one list goes together. */
const ways: Readonly<Record<Credential, readonly (readonly Scheme[])[]>> = {
  session: [['sessionCookie', 'csrfToken'], ['commandLineSession']],
  'api-token': [['apiToken']],
  'access-token': [['accessToken']],
  'siem-agent-token': [['siemAgentToken']],
  'log-collector-token': [['logCollectorToken']],
  // The same members may stand in the form, which no security scheme can say: so none is required.
  'client-credential': [['clientSecret'], []],
  'userinfo-token': [['userinfoToken']],
};

export function securitySchemesFor(credentials: readonly Credential[]): Record<string, Json> {
  const names = new Set(credentials.flatMap((each) => ways[each].flat()));
  return Object.fromEntries([...names].sort().map((name) => [name, schemes[name]]));
}

/** Empty for calls that anybody may make. Reading needs no token against forged requests. */
export function requirementsFor(credentials: readonly Credential[], method: string): Json[] {
  return credentials
    .flatMap((each) => ways[each])
    .map((way) => {
      const needed = method === 'GET' ? way.filter((name) => name !== 'csrfToken') : way;
      return Object.fromEntries(needed.map((name) => [name, []]));
    });
}
