// The entra surface as its OpenAPI document describes it: what programs call, and the addresses that browsers are sent to.
// Bodies are forms. The pages behind the authorize endpoint are no API and stand in no document.
import type {
  DescribedBody,
  DescribedCall,
  DescribedCalls,
  DescribedGroup,
  DescribedSurface,
  Schema,
} from '../openapi/described.ts';
import { templateOf } from '../openapi/described.ts';
import { arrayOf, maybe, ok, record, taken, text, withOptional, wordOf } from '../openapi/shapes.ts';
import { grantTypes } from './token/token.ts';

const Problem = withOptional(
  record(
    { text: 'error error_description timestamp trace_id correlation_id error_uri' },
    { error_codes: arrayOf({ type: 'integer' }) },
  ),
  { suberror: { type: 'string' } },
);

const OpenIdConfiguration = record(
  {
    text: 'issuer token_endpoint jwks_uri authorization_endpoint userinfo_endpoint device_authorization_endpoint end_session_endpoint revocation_endpoint introspection_endpoint pushed_authorization_request_endpoint',
    texts:
      'token_endpoint_auth_methods_supported response_types_supported scopes_supported grant_types_supported claims_supported',
  },
  {},
  'OpenID Connect Discovery, with what RFC 8414 has beside it.',
);

const Keys = record({}, { keys: arrayOf(record({ text: 'kty use kid n e' })) }, 'JWKS (RFC 7517).');

const Tokens = withOptional(record({ text: 'token_type access_token' }), {
  scope: { type: 'string' },
  expires_in: { type: ['integer', 'string'], description: 'Seconds; a text in version 1' },
  ext_expires_in: { type: ['integer', 'string'] },
  expires_on: text('Version 1'),
  not_before: text('Version 1'),
  resource: text('Version 1'),
  refresh_token: { type: 'string' },
  id_token: { type: 'string' },
  client_info: { type: 'string' },
});

const components = { Problem, OpenIdConfiguration, Keys, Tokens };

const form = ['application/x-www-form-urlencoded'] as const;
const tenant: Readonly<Record<string, Schema>> = {
  tenant: text('Id or domain of an organisation, or common, organizations or consumers where no organisation is meant'),
};

/** How an app proves who it is: in the form, or by the Authorization header. */
const client: Readonly<Record<string, Schema>> = {
  client_id: { type: 'string' },
  client_secret: { type: 'string', format: 'password' },
  client_assertion: { type: 'string', description: 'A JWT that the app signed' },
  client_assertion_type: wordOf('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
};

function formOf(
  required: readonly string[],
  more: Readonly<Record<string, Schema>>,
  description?: string,
): DescribedBody {
  return { schema: taken(required, {}, more), types: form, ...(description === undefined ? {} : { description }) };
}

const grant: Readonly<Record<string, Schema>> = {
  grant_type: wordOf(...grantTypes),
  scope: text('Version 2: what is asked for, such as https://api.security.microsoft.com/.default'),
  resource: text('Version 1: the API that is asked for'),
  code: text('authorization_code'),
  redirect_uri: text('authorization_code'),
  code_verifier: text('authorization_code'),
  refresh_token: text('refresh_token'),
  device_code: text('device_code'),
  assertion: text('On behalf of somebody: the token that came in'),
  requested_token_use: wordOf('on_behalf_of'),
  username: text('password'),
  password: { type: 'string', format: 'password' },
  client_info: wordOf('1'),
};

function tokenCall(version: 1 | 2): DescribedCall {
  return {
    summary: `Take a token (version ${version})`,
    description: 'Each grant has members of its own. Public clients need no secret.',
    credentials: ['client-credential'],
    path: tenant,
    body: formOf(['grant_type'], { ...client, ...grant }),
    answers: ok(Tokens, 'The tokens.'),
  };
}

function deviceCall(version: 1 | 2): DescribedCall {
  const page = version === 2 ? 'verification_uri' : 'verification_url';
  const { scope, resource } = grant;
  return {
    summary: `Begin a sign-in on another device (version ${version})`,
    credentials: ['client-credential'],
    path: tenant,
    body: formOf(['client_id', version === 2 ? 'scope' : 'resource'], {
      ...client,
      ...(scope && { scope }),
      ...(resource && version === 1 ? { resource } : {}),
    }),
    answers: ok(
      record(
        { text: `user_code device_code message ${page}` },
        {
          expires_in: { type: ['integer', 'string'] },
          interval: { type: ['integer', 'string'] },
        },
      ),
      'The code to show and the code to ask with.',
    ),
  };
}

const tokenCalls: DescribedCalls = {
  'POST /{tenant}/oauth2/v2.0/token': tokenCall(2),
  'POST /{tenant}/oauth2/token': tokenCall(1),
  'POST /{tenant}/oauth2/v2.0/devicecode': deviceCall(2),
  'POST /{tenant}/oauth2/devicecode': deviceCall(1),
  'POST /{tenant}/oauth2/v2.0/revoke': {
    summary: 'Give a token back (RFC 7009)',
    description: 'A refresh token takes everything along that came of the sign-in.',
    credentials: ['client-credential'],
    path: tenant,
    body: formOf(['token'], { ...client, token: { type: 'string' } }),
    answers: ok({ type: 'object' }, 'The same whether the token was known or not.'),
  },
  'POST /{tenant}/oauth2/v2.0/introspect': {
    summary: 'Ask what a token means at this moment (RFC 7662)',
    credentials: ['client-credential'],
    path: tenant,
    body: formOf(['token'], { ...client, token: { type: 'string' } }),
    answers: ok(
      withOptional(record({ flag: 'active' }), {
        ...maybeMembers('token_type client_id scope username iss aud sub jti tid oid'),
        roles: arrayOf({ type: 'string' }),
        exp: { type: 'integer' },
        iat: { type: 'integer' },
        nbf: { type: 'integer' },
      }),
    ),
  },
  'POST /{tenant}/oauth2/v2.0/par': {
    summary: 'Push an authorization request (RFC 9126)',
    credentials: ['client-credential'],
    path: tenant,
    body: formOf(['response_type', 'scope'], { ...client, ...authorizeMembers() }),
    answers: {
      201: { description: 'A name that works once.', schema: record({ text: 'request_uri', whole: 'expires_in' }) },
    },
  },
};

function maybeMembers(names: string): Readonly<Record<string, Schema>> {
  return maybe({ text: names }).properties as Readonly<Record<string, Schema>>; // Of an object made just now.
}

function authorizeMembers(): Readonly<Record<string, Schema>> {
  return {
    response_type: wordOf('code'),
    redirect_uri: { type: 'string' },
    scope: { type: 'string' },
    state: { type: 'string' },
    nonce: { type: 'string' },
    response_mode: wordOf('query', 'fragment', 'form_post'),
    prompt: text('none, login, consent or select_account'),
    max_age: { type: 'integer' },
    login_hint: { type: 'string' },
    domain_hint: { type: 'string' },
    code_challenge: { type: 'string' },
    code_challenge_method: wordOf('S256'),
  };
}

const config = ok(OpenIdConfiguration);

function configCall(version: 1 | 2, where: string): DescribedCall {
  return { summary: `Get what there is and where (version ${version}${where})`, path: tenant, answers: config };
}

const userinfo: DescribedCall = {
  summary: 'Show who signed in',
  credentials: ['userinfo-token'],
  answers: ok(withOptional(record({ text: 'sub' }), maybeMembers('name preferred_username email'))),
};
const userinfoForm: DescribedBody = {
  ...formOf([], { access_token: { type: 'string' } }, 'In the place of the Authorization header.'),
  isOptional: true,
};

const documentCalls: DescribedCalls = {
  'GET /{tenant}/v2.0/.well-known/openid-configuration': configCall(2, ''),
  'GET /{tenant}/.well-known/openid-configuration': configCall(1, ''),
  'GET /.well-known/oauth-authorization-server/{tenant}/v2.0': configCall(2, ', RFC 8414'),
  'GET /.well-known/oauth-authorization-server/{tenant}': configCall(1, ', RFC 8414'),
  'GET /{tenant}/discovery/v2.0/keys': { summary: 'Get the signing keys (version 2)', path: tenant, answers: ok(Keys) },
  'GET /{tenant}/discovery/keys': { summary: 'Get the signing keys (version 1)', path: tenant, answers: ok(Keys) },
  'GET /common/discovery/instance': {
    summary: 'Ask which hosts are one authority',
    query: {
      authorization_endpoint: { schema: { type: 'string' }, isRequired: true },
      'api-version': { schema: wordOf('1.0', '1.1') },
    },
    answers: ok(record({ text: 'tenant_discovery_endpoint api-version', objects: 'metadata' })),
  },
  'GET /{tenant}/userrealm/{user}': {
    summary: 'Ask how the domain of a user name signs in',
    path: tenant,
    answers: ok(record({ text: 'ver account_type domain_name cloud_instance_name cloud_audience_urn' })),
  },
  'GET /oidc/userinfo': userinfo,
  'POST /oidc/userinfo': { ...userinfo, summary: 'Show who signed in, by POST', body: userinfoForm },
  'GET /{tenant}/openid/userinfo': { ...userinfo, summary: 'Show who signed in (version 1)', path: tenant },
  'POST /{tenant}/openid/userinfo': {
    ...userinfo,
    summary: 'Show who signed in (version 1), by POST',
    path: tenant,
    body: userinfoForm,
  },
};

const page = {
  200: { description: 'A page for the person.', type: 'text/html', schema: { type: 'string' } },
  302: { description: 'To the redirect URI of the app, with the answer or an error.' },
} as const;

/** A POST has the same in a form, and is sent on as a GET. */
function browserCalls(
  path: string,
  summary: string,
  members: Readonly<Record<string, Schema>>,
  required: readonly string[],
): DescribedCalls {
  const query = Object.entries(members).map(([name, schema]) => [
    name,
    { schema, ...(required.includes(name) ? { isRequired: true as const } : {}) },
  ]);
  const shared = { path: tenant, answers: page };
  return {
    [`GET ${path}`]: { summary, ...shared, query: Object.fromEntries(query) },
    [`POST ${path}`]: { summary: `${summary}, by POST`, ...shared, body: formOf(required, members) },
  };
}

const authorizeQuery = {
  client_id: { type: 'string' },
  request_uri: text('Of a pushed request'),
  ...authorizeMembers(),
};
const logoutQuery = {
  post_logout_redirect_uri: { type: 'string' },
  id_token_hint: { type: 'string' },
  logout_hint: { type: 'string' },
  client_id: { type: 'string' },
  state: { type: 'string' },
};
const consentQuery = {
  client_id: { schema: { type: 'string' }, isRequired: true },
  redirect_uri: { schema: { type: 'string' } },
  state: { schema: { type: 'string' } },
  login_hint: { schema: { type: 'string' } },
} as const;

const browserPaths: DescribedCalls = {
  ...browserCalls('/{tenant}/oauth2/v2.0/authorize', 'Sign a person in for an app (version 2)', authorizeQuery, [
    'client_id',
  ]),
  ...browserCalls(
    '/{tenant}/oauth2/authorize',
    'Sign a person in for an app (version 1)',
    { ...authorizeQuery, resource: { type: 'string' } },
    ['client_id'],
  ),
  ...browserCalls('/{tenant}/oauth2/v2.0/logout', 'Sign a person out (version 2)', logoutQuery, []),
  ...browserCalls('/{tenant}/oauth2/logout', 'Sign a person out (version 1)', logoutQuery, []),
  'GET /{tenant}/v2.0/adminconsent': {
    summary: 'Let an administrator consent to an app (version 2)',
    path: tenant,
    query: { ...consentQuery, scope: { schema: { type: 'string' } } },
    answers: page,
  },
  'GET /{tenant}/adminconsent': {
    summary: 'Let an administrator consent to an app (version 1)',
    path: tenant,
    query: consentQuery,
    answers: page,
  },
};

const groups: readonly DescribedGroup[] = [
  { tag: 'Tokens', about: 'Taking tokens, giving them back, and asking what they mean.', calls: tokenCalls },
  { tag: 'Documents', about: 'By which clients find everything else.', calls: documentCalls },
  { tag: 'Sign-in and consent', about: 'Addresses that browsers are sent to.', calls: browserPaths },
];

/** Pages for people below the same names. */
const pages = /^\/common\/oauth2\/(?:deviceauth|nativeclient)$/;

function pathOf(_method: string, url: string): string | undefined {
  const isOurs = /^\/(?::tenant|common|oidc|\.well-known\/oauth-authorization-server)\//.test(url);
  return isOurs && !pages.test(url) ? templateOf(url) : undefined;
}

export const entraDescribed: DescribedSurface = {
  title: 'Sign-in and token API',
  about:
    'OAuth 2.0 and OpenID Connect as the documented identity platform speaks them, in both of its versions. Bodies are forms. `trace_id` of an error is what explains it.',
  base: '',
  credentials: [],
  problem: { type: 'application/json', schema: Problem },
  groups,
  components,
  pathOf,
};
