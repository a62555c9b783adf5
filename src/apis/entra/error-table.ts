// The AADSTS codes that we answer with, as data: OAuth error, HTTP status, sentence. Codes and errors are those that
// clients test for (Entra protocol reference 2.11); a place in braces is filled in by whoever raises the error.

export interface ErrorRow {
  /** The OAuth `error` (RFC 6749 section 5.2, RFC 8628 section 3.5, OpenID Connect Core section 3.1.2.6). */
  readonly error: string;
  readonly status: 400 | 401 | 403 | 404 | 413 | 421 | 429 | 500 | 503;
  readonly text: string;
  /** What MSAL looks at to find out whether the person has to be asked again. */
  readonly suberror?: string;
}

const row = (error: string, status: ErrorRow['status'], text: string, suberror?: string): ErrorRow =>
  suberror === undefined ? { error, status, text } : { error, status, text, suberror };

export const errorTable = {
  // Tenant and request.
  90002: row(
    'invalid_request',
    400,
    "Tenant '{tenant}' not found. Check the tenant id or domain name, and that this deployment has that tenant.",
  ),
  900023: row('invalid_request', 400, "Specified tenant identifier '{tenant}' is neither a GUID nor a domain name."),
  5000225: row('invalid_request', 400, "Tenant '{tenant}' is disabled."),
  50059: row(
    'invalid_request',
    400,
    'No tenant is named by the request or by any credential in it. Use the tenant id or a domain in the path.',
  ),
  50194: row(
    'invalid_request',
    400,
    "Application '{app}' is not a multi-tenant application. Use the tenant's own endpoint in place of /{alias}.",
  ),
  9001023: row('invalid_request', 400, 'This grant type is not supported over the /{alias} endpoint.'),
  900144: row('invalid_request', 400, "The request body must contain the following parameter: '{name}'."),
  9000411: row('invalid_request', 400, "The parameter '{name}' is given more than once."),
  900561: row('invalid_request', 400, 'The endpoint only accepts {accepted} requests. Received a {method} request.'),
  901002: row('invalid_request', 400, "The 'resource' request parameter is not supported here. Name it with 'scope'."),
  9002313: row('invalid_request', 400, 'The request is malformed or invalid: {reason}'),
  9002346: row('invalid_request', 413, 'The request is larger than this endpoint takes.'),
  70003: row('unsupported_grant_type', 400, "The app requested an unsupported grant type '{grant}'."),
  70005: row('unsupported_response_type', 400, "The response type '{type}' is not supported for this application."),
  700054: row('unsupported_response_type', 400, "Response type '{type}' is not enabled for the application."),
  90055: row('temporarily_unavailable', 429, 'Too many requests of this kind. Try again in {seconds} seconds.'),
  90033: row('temporarily_unavailable', 503, 'A part of the service does not answer at the moment. Try again later.'),
  90006: row('server_error', 500, 'The request could not be answered because of an internal error. Try again later.'),

  // The client.
  700016: row(
    'unauthorized_client',
    400,
    "Application with identifier '{app}' was not found in the directory '{tenant}'. Either nobody of that tenant has consented to it yet, or the request went to the wrong tenant.",
  ),
  7000112: row('unauthorized_client', 400, "Application '{app}' is disabled."),
  7000215: row(
    'invalid_client',
    401,
    "Invalid client secret provided. Send the secret's value, not its id, of a secret added to app '{app}'.",
  ),
  7000222: row('invalid_client', 401, "The provided client secret keys for app '{app}' are expired. Add a new secret."),
  7000216: row(
    'invalid_client',
    401,
    "'client_assertion' or 'client_secret' is required for the 'client_credentials' grant type.",
  ),
  7000218: row(
    'invalid_client',
    401,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ),
  700025: row(
    'invalid_client',
    401,
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ),
  700027: row('invalid_client', 401, 'Client assertion failed signature validation. {reason}'),
  700021: row('invalid_client', 401, "Client assertion: 'iss' and 'sub' must both be the client id '{app}'."),
  700023: row('invalid_client', 401, "Client assertion audience does not match. Use '{audience}' as 'aud'."),
  700024: row('invalid_client', 401, 'Client assertion is not within its valid time range. {reason}'),
  50012: row('invalid_client', 401, 'Client assertion is invalid. {reason}'),

  // Resource, scope, consent.
  70011: row('invalid_scope', 400, "The provided value for the input parameter 'scope' is not valid. {reason}"),
  1002012: row(
    'invalid_scope',
    400,
    "The provided value for scope '{scope}' is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
  ),
  28000: row('invalid_request', 400, "Several resources are named in 'scope'; one token is for one resource."),
  28003: row('invalid_request', 400, "The parameter 'scope' must not be empty here: {reason}"),
  650053: row('invalid_scope', 400, "The application asked for scope '{scope}' that does not exist on '{resource}'."),
  500011: row(
    'invalid_resource',
    400,
    "The resource principal named '{resource}' was not found in the tenant '{tenant}'.",
  ),
  65001: row(
    'invalid_grant',
    400,
    "The user or administrator has not consented to use the application with ID '{app}'. {reason}",
    'consent_required',
  ),
  65004: row('access_denied', 400, 'The request for consent was declined.'),
  90094: row('access_denied', 400, 'An administrator of the organisation has to consent to this application.'),
  50105: row(
    'invalid_grant',
    400,
    "The application '{app}' requires assignment, and the signed-in user is not assigned to it.",
  ),
  501051: row('invalid_grant', 400, "Application '{app}' is not assigned to a role for the application '{resource}'."),

  // Codes and refresh tokens.
  54005: row('invalid_grant', 400, 'The authorization code was already redeemed. Start the sign-in again.'),
  70000: row('invalid_grant', 400, 'The provided grant is invalid or malformed. {reason}'),
  70008: row('invalid_grant', 400, 'The provided authorization code has expired. Start the sign-in again.'),
  700005: row(
    'invalid_grant',
    400,
    'The authorization code was issued in another tenant. Redeem it at the endpoint of the tenant it is from.',
  ),
  700082: row('invalid_grant', 400, 'The refresh token has expired due to inactivity. Sign in again.'),
  700084: row('invalid_grant', 400, 'The refresh token of a single page app has a fixed life, which is over.'),
  50173: row(
    'invalid_grant',
    400,
    'The provided grant has been revoked, and a fresh sign-in is needed. {reason}',
    'bad_token',
  ),
  50147: row('invalid_grant', 400, "The 'code_verifier' is missing or was sent for a code without a challenge."),
  501481: row('invalid_grant', 400, "The 'code_verifier' does not match the 'code_challenge' of the authorization."),
  501491: row('invalid_grant', 400, "The 'code_verifier' must be 43 to 128 unreserved characters."),
  500112: row('invalid_grant', 400, "The 'redirect_uri' is not the one that was used for the authorization."),
  50011: row('invalid_request', 400, "The redirect URI '{uri}' does not match those registered for '{app}'."),
  900971: row('invalid_request', 400, 'No redirect URI is registered for the application.'),
  9002325: row('invalid_request', 400, 'Proof Key for Code Exchange is required for cross-origin code redemption.'),
  9002326: row(
    'invalid_request',
    400,
    "Cross-origin token redemption is permitted only for the 'Single-Page Application' client type.",
  ),
  9002327: row(
    'invalid_request',
    400,
    "Tokens issued for the 'Single-Page Application' client type may only be redeemed via cross-origin requests.",
  ),

  // People.
  50126: row('invalid_grant', 400, 'Error validating credentials due to invalid username or password.'),
  50053: row('invalid_grant', 400, 'The account is locked because of too many failed sign-ins. Try again later.'),
  50055: row('invalid_grant', 400, 'The password has to be changed before it can be used.', 'user_password_expired'),
  50057: row('invalid_grant', 400, 'The user account is disabled.'),
  50076: row('invalid_grant', 400, 'A second factor must be used, which this grant cannot ask for.', 'basic_action'),
  50058: row('login_required', 400, 'A silent sign-in was asked for, and no user is signed in.'),
  50020: row('invalid_request', 400, 'The signed-in account belongs to another tenant.'),
  7000114: row(
    'invalid_grant',
    400,
    "Application '{app}' is not allowed to make application on-behalf-of calls. {reason}",
  ),
  50013: row('invalid_grant', 400, 'The assertion is invalid. {reason}'),
  500131: row('invalid_grant', 400, "The assertion's audience does not match the application that presents it."),
  500133: row('invalid_grant', 400, 'The assertion is not within its valid time range.'),
  240002: row('invalid_grant', 400, "Input id_token cannot be used as 'urn:ietf:params:oauth:grant-type:jwt-bearer'."),

  50196: row('invalid_grant', 400, 'The request was stopped: the client repeats it in a loop. {reason}'),

  // Device flow.
  70016: row('authorization_pending', 400, 'The user has not finished the sign-in on the other device yet.'),
  70017: row('slow_down', 400, 'Polling is too frequent. Wait for the interval between two polls.'),
  70018: row('bad_verification_code', 400, 'The device code is invalid or belongs to another client.'),
  70019: row('expired_token', 400, 'The device code has expired. Begin again.'),
  70020: row('authorization_declined', 400, 'The sign-in on the other device was declined.'),

  // Instance discovery.
  50049: row('invalid_instance', 400, 'Unknown or invalid instance.'),
} as const satisfies Readonly<Record<number, ErrorRow>>;

export type AadstsCode = keyof typeof errorTable;

/** The row of any number, for the look-up page. */
export function findErrorRow(code: number): ErrorRow | undefined {
  return Object.hasOwn(errorTable, code) ? errorTable[code as AadstsCode] : undefined; // It is there: hasOwn says so.
}
