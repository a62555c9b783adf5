// Who makes this request, and what they may do now. Nothing here is stored: a caller is made for one request.
import type { AgentId, AppId, ServicePrincipalId, SessionId, TenantId, TokenId, UserId } from '../lib/ids.ts';
import type { TokenClaims } from '../signing/claims.ts';
import type { Permission } from './permissions.ts';
import { type Check, Refusal, type RefusalDetails } from './refusal.ts';

export type Subject =
  | { readonly kind: 'user'; readonly userId: UserId; readonly userName: string; readonly displayName: string }
  | {
      readonly kind: 'agent';
      readonly agentId: AgentId;
      readonly agentKind: 'siem-agent' | 'log-collector';
      readonly name: string;
    }
  /** An application that acts as itself (client credentials). */
  | {
      readonly kind: 'application';
      readonly appId: AppId;
      readonly servicePrincipalId: ServicePrincipalId;
      readonly name: string;
    }
  | { readonly kind: 'operator'; readonly name: string };

export type Credential =
  | { readonly kind: 'api-token'; readonly tokenId: TokenId; readonly name: string }
  | { readonly kind: 'agent-token'; readonly agentId: AgentId }
  /** A JWT of ours: `app` carries `roles`, `user` carries `scp` and acts for the person who is the subject. */
  | {
      readonly kind: 'bearer';
      readonly tokenKind: 'app' | 'user';
      readonly appId: AppId;
      readonly appName: string;
      /** The claim `uti`. */
      readonly tokenId: string;
      /** When the person proved a second factor at the sign-in behind this token; null otherwise. */
      readonly secondFactorAt: number | null;
      /** Permissions by the names that the API gives them: those of the token that are granted at this moment. */
      readonly names: readonly string[];
      /** What the token says: a change asks once more whether that still stands. */
      readonly claims: TokenClaims;
    }
  | {
      readonly kind: 'session';
      readonly sessionId: SessionId;
      readonly client: 'portal' | 'cli' | 'sign-in';
      readonly secondFactorAt: number | null;
    }
  | { readonly kind: 'local'; readonly name: string };

/** One connected instance of a cloud app: the pair that the wire calls `saas` and `inst`. */
export interface AppInstance {
  readonly appId: number;
  readonly instance: number;
}

/** The part of the tenant's data that a permission reaches. */
export type DataScope =
  | { readonly all: true }
  | {
      readonly all: false;
      readonly instances: readonly AppInstance[];
      readonly groupIds: readonly string[];
      /** Discovery reports; {@link everyReport} stands for all of them and whatever else is of discovery. */
      readonly reportIds: readonly string[];
    };

/** No report has this id. */
export const everyReport = '*';

export const wholeTenant: DataScope = { all: true };

/** What about and answers say of the tenant. `number` is the wire's integer tenantId. */
export interface TenantIdentity {
  readonly id: TenantId;
  readonly slug: string;
  readonly displayName: string;
  readonly number: number;
}

export interface Caller {
  readonly tenantId: TenantId;
  readonly tenantSlug: string;
  readonly tenant: TenantIdentity;
  readonly subject: Subject;
  readonly credential: Credential;
  /** Every permission in force now, implied ones included, with the data it reaches. */
  readonly permissions: ReadonlyMap<Permission, DataScope>;
  /** True when one of the roles in force makes a full administrator. */
  readonly isFullAdministrator: boolean;
  /** Permissions that an eligible role would add if its owner activated it now, with that role's display name. */
  readonly dormant: ReadonlyMap<Permission, string>;
  /** The checks that this request has passed so far; a later refusal tells the whole chain. */
  readonly passed: readonly Check[];
}

export function may(caller: Caller, permission: Permission): boolean {
  return caller.permissions.has(permission);
}

/** The data that the permission reaches; refuses when the caller does not hold it. */
export function scopeOf(caller: Caller, permission: Permission): DataScope {
  const scope = caller.permissions.get(permission);
  if (!scope) throw missingPermission(caller, permission);
  return scope;
}

/** Refuses unless the caller holds the permission now. */
export function require(caller: Caller, permission: Permission): void {
  scopeOf(caller, permission);
}

/** The user behind this request; refuses agents and other callers that are nobody's session or token. */
export function requireUser(caller: Caller): Extract<Subject, { kind: 'user' }> {
  if (caller.subject.kind === 'user') return caller.subject;
  throw new Refusal({
    status: 403,
    code: 'wrong-credential-kind',
    message: 'This call is for a person. Sign in and call it with your session.',
    chain: [
      ...caller.passed,
      { check: 'credential-kind', outcome: 'failed', detail: 'The credential belongs to no person.' },
    ],
    remedy: 'Sign in as a user and repeat the call with that session.',
    ...concernOf(caller),
  });
}

/** Whom a refusal of this caller is about, for the audit and for who may read its explanation. */
export function concernOf(caller: Caller): Pick<RefusalDetails, 'tenantId' | 'userId' | 'target' | 'agent'> {
  const { subject, credential, tenantId } = caller;
  const userId = subject.kind === 'user' ? subject.userId : null;
  const agent = subject.kind === 'agent' ? { id: subject.agentId, name: subject.name } : undefined;
  const target =
    credential.kind === 'api-token'
      ? credential.tokenId
      : credential.kind === 'bearer'
        ? credential.appId
        : (agent?.id ?? userId);
  return { tenantId, userId, target, agent };
}

function missingPermission(caller: Caller, permission: Permission): Refusal {
  const role = caller.dormant.get(permission);
  if (role) {
    const detail = `${permission} comes with the role ${role}, which is eligible but not activated.`;
    return new Refusal({
      status: 403,
      code: 'role-not-activated',
      message: `Insufficient role based permissions: ${detail} Activate the role and try again.`,
      chain: [...caller.passed, { check: 'activation', outcome: 'failed', detail }],
      remedy: `Activate the role ${role}: sallyport role activate "${role}".`,
      permission,
      eligibleRole: role,
      ...concernOf(caller),
    });
  }
  return new Refusal({
    status: 403,
    code: 'permission-missing',
    message: `Insufficient role based permissions: ${permission} is needed.`,
    chain: [
      ...caller.passed,
      { check: 'permission', outcome: 'failed', detail: `${permission} is not among the permissions in force.` },
    ],
    remedy: remedyFor(caller, permission),
    permission,
    ...concernOf(caller),
  });
}

function remedyFor({ credential }: Caller, permission: Permission): string {
  if (credential.kind === 'api-token') {
    return `Assign its owner a role that has ${permission}, or generate a token whose permission list includes it.`;
  }
  if (credential.kind === 'bearer' && credential.tokenKind === 'app') {
    return `Add the application permission ${permission} to the app and let an administrator of this tenant consent to it.`;
  }
  if (credential.kind === 'bearer') {
    return `Let the app ask for the delegated permission behind ${permission}, and assign the person a role that has it.`;
  }
  return `Assign a role that has ${permission}.`;
}
