// How the calls of a surface are described where their routes do not describe themselves: summaries for people, and of
// routes that read their queries and bodies by hand, those too. Each surface has its table beside its routes
// (apis/<surface>/described.ts); test/openapi.test.ts holds the tables against what is mounted.
import type { Permission } from '../../access/permissions.ts';

/** JSON schema (2020-12), as Type of lib/schema.ts makes it. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a caller can show: security.ts says how each is sent. */
export type Credential =
  | 'session'
  | 'api-token'
  | 'access-token'
  | 'siem-agent-token'
  | 'log-collector-token'
  | 'client-credential'
  | 'userinfo-token';

export interface DescribedParameter {
  readonly description?: string;
  readonly schema: Schema;
  readonly isRequired?: true;
  /** The value is JSON text. */
  readonly isJson?: true;
}

export interface DescribedBody {
  readonly schema: Schema;
  /** JSON unless said otherwise. */
  readonly types?: readonly string[];
  readonly isOptional?: true;
  readonly description?: string;
}

export interface DescribedAnswer {
  readonly description: string;
  /** Absent: there is no body. */
  readonly schema?: Schema;
  /** JSON unless said otherwise. */
  readonly type?: string;
}

export interface DescribedCall {
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /**
   * What a person needs for it; one of a list is enough, and the first is the one that a refusal names. Only what
   * test/openapi-permissions.test.ts proves by refusals stands here.
   */
  readonly permission?: Permission | readonly Permission[];
  /** In the place of the surface's own; empty: anybody may call it. */
  readonly credentials?: readonly Credential[];
  readonly path?: Readonly<Record<string, Schema>>;
  readonly query?: Readonly<Record<string, DescribedParameter>>;
  readonly body?: DescribedBody;
  /** By status; what the route's own schema says as well need not stand here. */
  readonly answers?: Readonly<Record<number, DescribedAnswer>>;
}

/** By method and path: `GET /incidents/{id}`, without what all paths of the surface begin with. */
export type DescribedCalls = Readonly<Record<string, DescribedCall>>;

export interface DescribedGroup {
  /** The noun. */
  readonly tag: string;
  readonly about: string;
  readonly calls: DescribedCalls;
}

/** Names of permissions that open a call to apps; one of a list is enough. */
export interface AppPermissions {
  readonly application: readonly string[];
  readonly delegated: readonly string[];
  /** What a person needs, where the table says it too; one of a list is enough. */
  readonly person?: readonly Permission[];
}

export interface DescribedSurface {
  readonly title: string;
  readonly about: string;
  /** What the paths of the groups begin with. */
  readonly base: string;
  readonly credentials: readonly Credential[];
  readonly problem: { readonly type: string; readonly schema: Schema };
  readonly groups: readonly DescribedGroup[];
  /** Schemas that are referred to by name, recognised by being the very same object. */
  readonly components: Readonly<Record<string, Schema>>;
  /** Where the route is described, with its parameters as `{id}`; undefined for routes that are none of this surface. */
  pathOf(method: string, url: string): string | undefined;
  /** How another path that serves the same call is written, where its route does not say it. */
  shownAt?(url: string): string;
  permissionsOf?(method: string, path: string): AppPermissions | undefined;
}

/** `/incidents/:id` as documents write it: `/incidents/{id}`. */
export function templateOf(url: string): string {
  return url.replace(/:(\w+)/g, '{$1}');
}

/** For paths below the base alone. */
export function below(base: string) {
  return (_method: string, url: string): string | undefined =>
    url.startsWith(`${base}/`) ? templateOf(url) : undefined;
}
