// A tenant with hunting data in it, an app that may run queries over it, and the three calls that run them.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { makeUser } from './accounts.ts';
import { appToken, makeStory, mtp, type Story } from './bearers.ts';
import { graphUri } from './graph.ts';
import { processEvent } from './hunting.ts';
import { type Machine, newMachine, signInOn } from './machine.ts';
import { type Answer, makePerson, type Person, type TestServer } from './server.ts';

export const advancedHunting = '/api/advancedhunting/run';
export const advancedQueries = '/api/advancedqueries/run';
export const runHuntingQuery = '/v1.0/security/runHuntingQuery';
const endpointApi = 'https://api.securitycenter.microsoft.com';

export interface HuntingAnswer {
  readonly Stats: Record<string, unknown>;
  readonly Schema: readonly { readonly Name: string; readonly Type: string }[];
  readonly Results: readonly Record<string, unknown>[];
}

export class HuntingStory {
  readonly server: TestServer;
  readonly story: Story;
  readonly admin: Person;
  readonly #token: string;
  readonly #graphToken: string;

  constructor(server: TestServer, story: Story, admin: Person, tokens: readonly [string, string]) {
    this.server = server;
    this.story = story;
    this.admin = admin;
    [this.#token, this.#graphToken] = tokens;
  }

  get tenantId(): string {
    return this.story.tenant.id;
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const authorization = `Bearer ${path === runHuntingQuery ? this.#graphToken : this.#token}`;
    return await this.server.request(path, { method: 'POST', headers: { authorization, ...headers }, body });
  }

  /** The answer of the first API, which must be 200. */
  async hunt(query: string, rest: Record<string, unknown> = {}): Promise<HuntingAnswer> {
    const answer = await this.post(advancedHunting, { Query: query, ...rest });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<HuntingAnswer>();
  }

  async rows(query: string, rest: Record<string, unknown> = {}): Promise<unknown[][]> {
    return (await this.hunt(query, rest)).Results.map((row) => Object.values(row));
  }

  async ingest(records: readonly unknown[]): Promise<void> {
    const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const headers = { 'content-type': 'application/x-ndjson' };
    const { session } = this.admin;
    const answer = await this.server.request('/management/v1/ingest/hunting', { session, headers, body });
    assert.equal(answer.status, 200, answer.text);
  }
}

/** With so many process events, each a second after the one before it. */
export async function beginHunting(server: TestServer, events = 3): Promise<HuntingStory> {
  const { services } = server;
  const story = await makeStory(services, [
    { resource: mtp, roles: ['AdvancedHunting.Read.All'], scopes: ['AdvancedHunting.Read'] },
    { resource: endpointApi, roles: ['AdvancedQuery.Read.All'], scopes: ['AdvancedQuery.Read'] },
    { resource: graphUri, roles: ['ThreatHunting.Read.All'], scopes: ['ThreatHunting.Read.All'] },
  ]);
  const app = (...roles: string[]) => ({ app: { servicePrincipalId: story.principalId, roles } });
  const tokens = [
    await appToken(services, story, app('AdvancedHunting.Read.All', 'AdvancedQuery.Read.All')),
    await appToken(services, story, { ...app('ThreatHunting.Read.All'), audience: graphUri }),
  ] as const;
  const admin = await makePerson(server, story.tenant, 'security-administrator');
  const hunting = new HuntingStory(server, story, admin, tokens);
  if (events > 0) await hunting.ingest(Array.from({ length: events }, (_, index) => processEvent(index)));
  return hunting;
}

/** A machine on whose command line somebody with the role is signed in. */
export async function signedInMachine(
  context: TestContext,
  { server, story }: HuntingStory,
  role: string,
): Promise<Machine> {
  const person = await makeUser(server.services, story.tenant, { role });
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, person);
  return machine;
}
