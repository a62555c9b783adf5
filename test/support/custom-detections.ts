// A tenant with hunting data and people and apps that make custom detections of it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Services } from '../../src/context.ts';
import { runDueRules } from '../../src/custom-detections/scheduler.ts';
import { huntingCatalogue } from '../../src/hunting/hunting.ts';
import { hunterOf } from '../../src/hunting/run-hunter.ts';
import { makeStory, type Story } from './bearers.ts';
import { GraphCalls, graphUri, type Json } from './graph.ts';
import { exported } from './hunting.ts';
import { type Answer, makePerson, type Person, signIn, type TestServer } from './server.ts';

export const rulesPath = '/beta/security/rules/detectionRules';
export const managementPath = '/management/v1/custom-detections';
export const detectionNames = ['CustomDetection.Read.All', 'CustomDetection.ReadWrite.All', 'SecurityAlert.Read.All'];

export interface DetectionStory {
  readonly server: TestServer;
  readonly story: Story;
  readonly graph: GraphCalls;
  /** A security administrator. */
  readonly admin: Person;
  /** An app's token that may do everything here, made anew because tests let time pass. */
  token(): Promise<string>;
  /** Stores process events, each so many ms before now. */
  ingest(events: readonly Partial<ProcessEvent>[]): Promise<void>;
  /** A call of the management API as the administrator. */
  manage<T = Json>(status: number, method: string, path: string, body?: unknown): Promise<T>;
  /** What the alerts of Graph are now, oldest first. */
  alerts(): Promise<readonly Json[]>;
  /** Lets time pass and runs what is due. */
  pass(ms: number): Promise<void>;
}

export interface ProcessEvent {
  readonly agoMs: number;
  readonly device: string;
  readonly user: string;
  readonly command: string;
  readonly reportId: number;
}

/** Rules run when the test says so: nothing here is left to timers. */
export async function beginDetections(server: TestServer): Promise<DetectionStory> {
  const { services } = server;
  await warmUp(services);
  const access = [{ resource: graphUri, roles: detectionNames, scopes: detectionNames }];
  const story = await makeStory(services, access);
  const graph = new GraphCalls(server, story);
  const admin = await makePerson(server, story.tenant, 'security-administrator');
  const token = () => graph.appToken(detectionNames);
  const session = () => signIn(server, admin.user);
  let count = 0;
  const tell = async (answer: Answer, status: number): Promise<Answer> => {
    assert.equal(answer.status, status, answer.text);
    return answer;
  };
  return {
    ...{ server, story, graph, admin, token },
    async ingest(events) {
      const body = events.map((event) => {
        count += 1;
        return `${JSON.stringify(processEvent(services.clock(), count, event))}\n`;
      });
      const headers = { 'content-type': 'application/x-ndjson' };
      const request = { session: await session(), headers, body: body.join('') };
      await tell(await server.request('/management/v1/ingest/hunting', request), 200);
    },
    async manage<T>(status: number, method: string, path: string, body?: unknown) {
      const request = { method, session: await session(), ...(body === undefined ? {} : { body }) };
      const answer = await tell(await server.request(managementPath + path, request), status);
      return (answer.text === '' ? undefined : answer.json()) as T; // The test says what it expects.
    },
    async alerts() {
      const page = await graph.list(await token(), '/security/alerts_v2?$orderby=createdDateTime%20asc&$top=500');
      return page.value;
    },
    async pass(ms) {
      services.testClock.advance(ms);
      await runDueRules(services);
    },
  };
}

/** On a busy machine the compiler's first text of a process may take longer than a text is given. */
async function warmUp(services: Services): Promise<void> {
  const { compiler } = await hunterOf(services);
  for (let attempt = 1; attempt <= 10; attempt++) {
    if ((await compiler.compile('DeviceProcessEvents | take 1', huntingCatalogue())).ok) return;
  }
}

/** As an export of the streaming API has it. */
export function processEvent(now: number, index: number, event: Partial<ProcessEvent>) {
  const { agoMs = 1000, device = 'd1', user = 'ana', command = 'mimikatz.exe', reportId = index } = event;
  return exported('DeviceProcessEvents', {
    Timestamp: new Date(now - agoMs).toISOString(),
    DeviceId: device,
    DeviceName: `${device}.contoso.example`,
    ActionType: 'ProcessCreated',
    FileName: 'cmd.exe',
    FolderPath: 'C:\\Windows\\System32\\cmd.exe',
    SHA1: '5de839186691aa96ee2ca6d74f0a38fb8d1bd6dd',
    ProcessId: 4000 + index,
    ProcessCommandLine: command,
    AccountName: user,
    AccountUpn: `${user}@contoso.example`,
    ReportId: reportId,
  });
}

/** A rule over the process events, in the documented shape. */
export function ruleBody(change: Json = {}, template: Json = {}): Json {
  return {
    displayName: `Rule ${randomBytes(6).toString('hex')}`,
    isEnabled: true,
    queryCondition: { queryText: 'DeviceProcessEvents | where ProcessCommandLine has "mimikatz"' },
    schedule: { period: '1H' },
    detectionAction: {
      alertTemplate: {
        title: 'Credential tool on {{DeviceName}}',
        description: 'A tool that reads passwords was started.',
        severity: 'high',
        category: 'CredentialAccess',
        recommendedActions: 'Isolate the device.',
        mitreTechniques: ['T1003.001'],
        impactedAssets: [
          { '@odata.type': '#microsoft.graph.security.impactedDeviceAsset', identifier: 'deviceId' },
          { '@odata.type': '#microsoft.graph.security.impactedUserAsset', identifier: 'accountUpn' },
        ],
        ...template,
      },
    },
    ...change,
  };
}

export const withQuery = (queryText: string): Json => ({ queryCondition: { queryText } });
export const withPeriod = (period: string): Json => ({ schedule: { period } });
