// Calls about SIEM agents: those of administrators, and those of an agent with its own token.
import assert from 'node:assert/strict';
import { makeTenant } from './accounts.ts';
import { testStart } from './clock.ts';
import { type Answer, makePerson, type Person, signIn, type TestServer } from './server.ts';

export const agentsPath = '/management/v1/siem-agents';
export const self = '/api/v1/agents/siem/self';
export const target = { name: 'siem-1', remoteHost: 'siem.contoso.example', remotePort: 6514 };

export interface WireAgent {
  id: string;
  name: string;
  isEnabled: boolean;
  status: string;
  reportedAt: string | null;
  alertsSent: number;
  activitiesSent: number;
  settings: Record<string, unknown> & { activities: { filters: unknown; isSent: boolean } };
  problems: { kind: string; title: string; detail: string }[];
}

export interface MintedAgent {
  agent: WireAgent;
  value: string;
}

export interface FeedPage {
  data: { position: string; record: { _id: string; description: string } }[];
  next: string;
  hasMore: boolean;
}

/** The calls on one server. */
export class SiemCalls {
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  async person(role = 'global-administrator'): Promise<Person> {
    return await makePerson(this.server, await makeTenant(this.server.services), role);
  }

  /** The same person with a new session: one does not last for days. */
  async again(who: Person): Promise<Person> {
    return { ...who, session: await signIn(this.server, who.user) };
  }

  create(as: Person, body: object = {}): Promise<Answer> {
    return this.server.request(agentsPath, { session: as.session, body: { ...target, ...body } });
  }

  async made(as: Person, body: object = {}): Promise<MintedAgent> {
    const answer = await this.create(as, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.json<MintedAgent>();
  }

  act(as: Person, path: string, method = 'POST', body?: unknown): Promise<Answer> {
    return this.server.request(`${agentsPath}${path}`, { session: as.session, method, body });
  }

  async show(as: Person, id: string): Promise<WireAgent> {
    return (await this.act(as, `/${id}`, 'GET')).json<WireAgent>();
  }

  /** As the agent itself. */
  ask(token: string, path: string, body: unknown = {}): Promise<Answer> {
    return this.server.request(`${self}/${path}/`, { token, body });
  }

  async read(token: string, type: 'alerts' | 'activities', after: string | null, limit = 1000): Promise<FeedPage> {
    const answer = await this.ask(token, type, { after, limit });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<FeedPage>();
  }

  /** Stores the records, all of which must be new. */
  async ingest(as: Person, ...records: Record<string, unknown>[]): Promise<void> {
    const body = records.map((record) => JSON.stringify(record)).join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await this.server.request('/management/v1/ingest/activities', {
      session: as.session,
      body,
      headers,
    });
    assert.equal(answer.json<{ stored: number }>().stored, records.length, answer.text);
  }
}

/** The numbers of the records of `auditRecord` on a page. */
export const numbersOn = ({ data }: FeedPage): number[] =>
  data.map(({ record }) => Number(/plan (\d+)/.exec(record.description)?.[1]));

/** What an agent says of itself. */
export const report = (changes: object = {}) => ({
  ...{
    version: '0.1.0',
    systemName: 'collector-1',
    problems: [],
    alertsSent: 3,
    activitiesSent: 4,
    lastSentAt: testStart,
  },
  ...{ isSiemDown: false, ...changes },
});
