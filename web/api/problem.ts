// What a call that failed says, whichever surface it went to: each has a shape of its own (design: errors by surface).

/** A call that was answered with an error, or not at all (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** Stable, kebab-case on the management surface; empty where the surface has none. */
  readonly code: string;
  /** Leads to the explanation of a refusal. */
  readonly correlationId: string | null;
  readonly retryAfterSeconds: number | null;
  /** What the caller lacks, where the server named it. */
  readonly permission: string | null;
  /** Built-in roles that give it. */
  readonly roles: readonly string[];
  /** The one among the caller's that gives it once it is activated. */
  readonly eligibleRole: string | null;
  /** Faults by field of the body, when the server told them. */
  readonly fields: readonly { readonly field: string; readonly problem: string }[];

  constructor(status: number, detail: string, rest: Partial<Omit<ApiProblem, 'message' | 'status'>> = {}) {
    super(detail);
    this.status = status;
    this.code = rest.code ?? '';
    this.correlationId = rest.correlationId ?? null;
    this.retryAfterSeconds = rest.retryAfterSeconds ?? null;
    this.permission = rest.permission ?? null;
    this.roles = rest.roles ?? [];
    this.eligibleRole = rest.eligibleRole ?? null;
    this.fields = rest.fields ?? [];
  }
}

type Members = Readonly<Record<string, unknown>>;

/** Reads problem details (management), `{detail}` (cloud-apps) and `{error: {code, message}}` (Defender, Graph). */
export function problemOf(status: number, headers: Headers, body: unknown): ApiProblem {
  const members = isMembers(body) ? body : {};
  const error = isMembers(members.error) ? members.error : {};
  const detail =
    textOf(members.detail) ??
    textOf(error.message) ??
    textOf(members.error_description) ??
    filterFaults(members.filters) ??
    `HTTP ${status}`;
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem(status, detail, {
    code: textOf(members.code) ?? textOf(error.code) ?? '',
    correlationId: headers.get('x-correlation-id') ?? textOf(members.correlationId) ?? null,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    permission: textOf(members.permission) ?? null,
    roles: Array.isArray(members.roles) ? members.roles.filter((each) => typeof each === 'string') : [],
    eligibleRole: textOf(members.eligibleRole) ?? null,
    fields: Array.isArray(members.fields)
      ? members.fields.filter(isField)
      : [...fieldOf(members, detail), ...filterFields(members.filters)],
  });
}

/** The cloud-apps surface names one field beside its sentence. */
function fieldOf({ field }: Members, problem: string): { field: string; problem: string }[] {
  return typeof field === 'string' ? [{ field, problem }] : [];
}

/** The same of filters that cannot be used, by the filters' names. */
function filterFields(filters: unknown): { field: string; problem: string }[] {
  if (!Array.isArray(filters)) return [];
  return filters.filter(isMembers).flatMap(({ error, errorMessageParams }) => {
    const { field, reason } = isMembers(errorMessageParams) ? errorMessageParams : {};
    const problem = [textOf(error), textOf(reason)].filter((each) => each !== undefined).join(': ');
    return typeof field === 'string' ? [{ field, problem }] : [];
  });
}

/** What the cloud-apps surface says of filters that cannot be used: a line each. */
function filterFaults(filters: unknown): string | undefined {
  if (!Array.isArray(filters)) return undefined;
  const lines = filters.filter(isMembers).map(({ error, errorMessageParams }) => {
    const { field, reason } = isMembers(errorMessageParams) ? errorMessageParams : {};
    return [textOf(field), textOf(error), textOf(reason)].filter((each) => each !== undefined).join(': ');
  });
  return textOf(lines.join('\n'));
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isField(value: unknown): value is { field: string; problem: string } {
  return isMembers(value) && typeof value.field === 'string' && typeof value.problem === 'string';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The kinds of problems that the portal has words for; what the server itself wrote is told beneath them. */
export type ProblemKind =
  | 'unreachable'
  | 'ended'
  | 'signIn'
  | 'csrf'
  | 'dormant'
  | 'permission'
  | 'secondFactor'
  | 'noSecondFactor'
  | 'password'
  | 'lockedOut'
  | 'throttled'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'tooLarge'
  | 'fields'
  | 'refused'
  | 'storeFull'
  | 'storeUnavailable'
  | 'server';

/** By the stable code, which the management surface has. */
const kindsByCode: Readonly<Record<string, ProblemKind>> = {
  'session-ended': 'ended',
  'not-authenticated': 'ended',
  'sign-in-failed': 'signIn',
  csrf: 'csrf',
  'second-factor-required': 'secondFactor',
  'second-factor-not-enrolled': 'noSecondFactor',
  'password-required': 'password',
  'wrong-password': 'password',
  'locked-out': 'lockedOut',
};

const kindsByStatus: Readonly<Record<number, ProblemKind>> = {
  0: 'unreachable',
  401: 'ended',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  412: 'conflict',
  413: 'tooLarge',
  429: 'throttled',
  503: 'storeUnavailable',
  507: 'storeFull',
};

/** What kind of problem it is. Surfaces without codes of ours are judged by the status alone. */
export function kindOf({ status, code, permission, eligibleRole, fields }: ApiProblem): ProblemKind {
  if (permission !== null) return eligibleRole === null ? 'permission' : 'dormant';
  const known = Object.hasOwn(kindsByCode, code) ? kindsByCode[code] : kindsByStatus[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'server';
  return fields.some(({ field }) => field !== '') ? 'fields' : 'refused';
}
