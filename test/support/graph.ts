// Calls of the graph surface with tokens of an app that one tenant has and another one consented to.
import assert from 'node:assert/strict';
import type { UserRow } from '../../src/directory/users-store.ts';
import { appToken, makeStory, type Story, userToken } from './bearers.ts';
import type { Answer, RequestOptions, TestServer } from './server.ts';

export const graphUri = 'https://graph.microsoft.com';
export const graphAppId = '00000003-0000-0000-c000-000000000000';
export const mtpAppId = '8ee8fdad-f234-4243-8f3b-15c294843740';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type Json = Record<string, unknown>;
export interface Page {
  readonly '@odata.context': string;
  readonly '@odata.count'?: number;
  readonly '@odata.nextLink'?: string;
  readonly value: readonly Json[];
}

/** Everything that the tests of this surface may carry in a token. */
export const roles = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'RoleEligibilitySchedule.ReadWrite.Directory',
  'RoleAssignmentSchedule.ReadWrite.Directory',
  'Directory.Read.All',
];

/** An app with these permissions on Graph in the tenant of the story, and calls as it. */
export class GraphCalls {
  readonly server: TestServer;
  readonly story: Story;

  static async start(server: TestServer): Promise<GraphCalls> {
    const access = [{ resource: graphUri, roles: [...roles, 'Application.Read.All'], scopes: ['User.Read', ...roles] }];
    return new GraphCalls(server, await makeStory(server.services, access));
  }

  constructor(server: TestServer, story: Story) {
    this.server = server;
    this.story = story;
  }

  /** An app's own token with these roles. */
  appToken(names: readonly string[] = roles): Promise<string> {
    const app = { servicePrincipalId: this.story.principalId, roles: [...names] };
    return appToken(this.server.services, this.story, { audience: graphUri, app });
  }

  /** A token that the app carries for a person. */
  userToken(user: UserRow, scopes: readonly string[], signedIn: { amr?: string[]; authTime?: number } = {}) {
    const { id: userId, userName, displayName } = user;
    const { clock } = this.server.services;
    const about = { userId, userName, displayName, subject: 'pairwise', scopes: [...scopes] };
    return userToken(this.server.services, this.story, user, {
      audience: graphUri,
      user: { ...about, authTime: clock(), amr: ['pwd', 'mfa'], ...signedIn },
    });
  }

  async call(token: string | null, method: string, path: string, body?: unknown): Promise<Answer> {
    const options: RequestOptions = {
      method,
      ...(token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
      ...(body === undefined ? {} : { body }),
    };
    return await this.server.request(`/v1.0${path}`, options);
  }

  /** The same, whose status must be this one. */
  async want<T = Json>(token: string, status: number, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(token, method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    return (answer.text === '' ? undefined : answer.json()) as T; // The test says what it expects, and asserts on it.
  }

  list(token: string, path: string): Promise<Page> {
    return this.want<Page>(token, 200, 'GET', path);
  }
}

export function assertGraphError(answer: Answer, status: number, code: string, said: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  const { error, ...rest } = answer.json<{ error: { code: string; message: string; innerError: Json } }>();
  assert.deepEqual(rest, {});
  assert.equal(error.code, code);
  assert.match(error.message, said);
  assert.deepEqual(Object.keys(error.innerError), ['date', 'request-id', 'client-request-id']);
  assert.match(String(error.innerError['request-id']), guid);
  assert.equal(error.innerError['request-id'], answer.headers['request-id']);
  assert.match(String(error.innerError.date), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
}
