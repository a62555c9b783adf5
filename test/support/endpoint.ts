// An organisation whose alerts and machines an app may read and change, for tests of the endpoint API.
import assert from 'node:assert/strict';
import { appToken, makeStory, type Story } from './bearers.ts';
import { type Answer, makePerson, type Person, type RequestOptions, type TestServer } from './server.ts';

export const endpointResource = 'https://api.securitycenter.microsoft.com';
export const endpointRoles = ['Alert.ReadWrite.All', 'Machine.ReadWrite.All', 'Machine.Isolate'] as const;

export interface EndpointClient {
  readonly story: Story;
  /** A security administrator of the organisation. */
  readonly admin: Person;
  /** A call with the app's token, which carries these roles. */
  call(path: string, options?: RequestOptions): Promise<Answer>;
  /** The same with a token that carries no others than these. */
  callWith(roles: readonly string[], path: string, options?: RequestOptions): Promise<Answer>;
  /** Sends records to an ingestion of the management API. */
  ingest(what: 'alerts' | 'machines', body: string | Buffer | readonly unknown[]): Promise<IngestCounts>;
}

export interface IngestCounts {
  readonly received: number;
  readonly stored: number;
  readonly replaced: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

export async function makeEndpointClient(server: TestServer): Promise<EndpointClient> {
  const { services } = server;
  const story = await makeStory(services, [
    { resource: endpointResource, roles: [...endpointRoles, 'Alert.Read.All', 'Machine.Read.All'], scopes: [] },
  ]);
  const admin = await makePerson(server, story.tenant, 'security-administrator');
  const callWith: EndpointClient['callWith'] = async (roles, path, options = {}) => {
    const app = { servicePrincipalId: story.principalId, roles: [...roles] };
    const token = await appToken(services, story, { audience: endpointResource, app });
    const headers = { authorization: `Bearer ${token}`, ...options.headers };
    return await server.request(path, { ...options, headers });
  };
  return {
    story,
    admin,
    callWith,
    call: (path, options) => callWith(endpointRoles, path, options),
    async ingest(what, body) {
      const answer = await server.request(`/management/v1/ingest/${what}`, {
        session: admin.session,
        headers: { 'content-type': 'application/x-ndjson' },
        body: typeof body === 'string' || Buffer.isBuffer(body) ? body : linesOf(body),
      });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<IngestCounts>();
    },
  };
}

type Members = Readonly<Record<string, unknown>>;

/** A page of any list of the endpoint API. */
export interface EndpointPage {
  readonly value: readonly Members[];
  readonly '@odata.context': string;
  readonly '@odata.nextLink'?: string;
  readonly '@odata.count'?: number;
}

/** A machine as the documented list has it; each was last seen a second after the one before it. */
export const sampleMachine = (index: number, changes: Members = {}): Members => ({
  id: `machine-${String(index).padStart(4, '0')}`,
  computerDnsName: `PC${index}.contoso.example`,
  firstSeen: '2026-11-01T08:00:00Z',
  lastSeen: new Date(Date.UTC(2026, 10, 20, 8, 0, index)).toISOString().replace('.000', ''),
  osPlatform: index % 2 === 0 ? 'Windows11' : 'Linux',
  version: '23H2',
  osBuild: 22631,
  healthStatus: 'Active',
  riskScore: 'Low',
  exposureLevel: 'Medium',
  onboardingStatus: 'Onboarded',
  rbacGroupId: index,
  rbacGroupName: 'Lab',
  lastIpAddress: `192.0.2.${index}`,
  lastExternalIpAddress: null,
  aadDeviceId: null,
  machineTags: [`Tag ${index}`, 'all'],
  ipAddresses: [{ ipAddress: `192.0.2.${index}`, macAddress: null }],
  ...changes,
});

export function linesOf(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An error in the documented shape (Defender reference 1.5). */
export function assertDefenderError(answer: Answer, status: number, code: string, said: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  const { error, ...rest } = answer.json<{ error: { code: string; message: string; target: string } }>();
  assert.deepEqual(rest, {});
  assert.equal(error.code, code);
  assert.match(error.message, said);
  assert.match(error.target, guid);
}
