// `sallyport demo replay`: one of the demo's attacks happens now. Its records go to the running demo as a connector would
// send them, each at its time.
import { setTimeout } from 'node:timers/promises';
import type { Step, Told } from '../../../demo/attacks.ts';
import { type CastTenant, cast } from '../../../demo/cast.ts';
import { alertTime, replayAlert, replayLine, replayStory, replayTime } from '../../../demo/replay.ts';
import { type Story, storyNames } from '../../../demo/stories.ts';
import { type ApiClient, ApiProblem, openClient } from '../../client.ts';
import { type Call, CliProblem } from '../../command.ts';
import { findDemoAccount } from '../../demo-file.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { TextKey } from '../../text.ts';
import type { WireBegunSession, WireIngestion } from '../../wire.ts';

const usualSpeed = 60;
const speeds = { least: 0.1, most: 10_000 } as const;

export async function run(call: Call): Promise<ExitCode> {
  const name = storyNames.find((each) => each === call.operand('STORY'));
  if (!name) {
    const stories = storyNames.join(', ');
    throw new CliProblem(exitCodes.usage, 'no-such-story', call.t('demo.replay.noSuchStory', { stories }));
  }
  const speed = speedOf(call);
  const member = cast.find((each) => each.isOperator);
  if (!member) throw new Error('Nobody operates the demo.');
  const { client, end } = await openDemo(call, member);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  // A terminal's Ctrl-C arrives twice: from the terminal, and from the launcher (bin/node24.cjs).
  process.on('SIGINT', interrupt);
  try {
    const begin = Date.now();
    const story = replayStory(name, member, `${begin}/${process.pid}`, begin);
    const sent = await play(call, client, story, { begin, speed, signal: stop.signal });
    return tellEnd(call, story, sent);
  } finally {
    process.off('SIGINT', interrupt);
    await end();
  }
}

function speedOf(call: Call): number {
  const text = call.option('speed');
  if (text === undefined) return usualSpeed;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (speed >= speeds.least && speed <= speeds.most) return speed;
  throw new CliProblem(exitCodes.usage, 'speed', call.t('demo.replay.badSpeed', speeds));
}

interface Demo {
  readonly client: ApiClient;
  /** Signs out. */
  end(): Promise<void>;
}

/** Signs in as the administrator whose password only the demo's file has. Nothing is sent to any other server. */
async function openDemo(call: Call, member: CastTenant): Promise<Demo> {
  const { url, caFile, userName, password } = findDemoAccount(call.environment.demoFile, member.slug, call.t);
  const strange = () => new CliProblem(exitCodes.refused, 'not-the-demo', call.t('demo.replay.notTheDemo', { url }));
  const gate = openClient({ url, caFile, session: null });
  let session: WireBegunSession;
  try {
    const body = { client: 'cli', tenant: member.slug, userName, password };
    session = await gate.call<WireBegunSession>('POST', '/sessions', { body });
  } catch (error) {
    if (error instanceof ApiProblem && [401, 404].includes(error.problem.status)) throw strange();
    throw error;
  } finally {
    gate.close();
  }
  const client = openClient({ url, caFile, session: session.value ?? null });
  const end = async (): Promise<void> => {
    await client.call('DELETE', '/session').catch(() => undefined); // It ends by itself as well.
    client.close();
  };
  // The demo's tenants have ids that no other server gives.
  if (session.tenant.id === member.id) return { client, end };
  await end();
  throw strange();
}

interface Pace {
  readonly begin: number;
  readonly speed: number;
  readonly signal: AbortSignal;
}

/** Sends each record, and each alert of another product, when its time has come; returns how many records were sent. */
async function play(call: Call, client: ApiClient, story: Story, { begin, speed, signal }: Pace): Promise<number> {
  const dueAt = (told: Told): number => replayTime(told.at, begin, speed);
  const seconds = Math.ceil(Math.max(...story.told.map((told) => dueAt(told) - begin)) / 1000);
  call.note(call.t('demo.replay.begins', { records: story.told.length, seconds }));
  const announced = new Set<Step>();
  const alerts = story.alerts.toSorted((left, right) => alertTime(right) - alertTime(left));
  let next = 0;
  for (let first = story.told[next]; first; first = story.told[next]) {
    const wait = dueAt(first) - Date.now();
    if (wait > 0) await setTimeout(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const now = Date.now();
    const until = story.told.findIndex((told, index) => index > next && dueAt(told) > now);
    const due = story.told.slice(next, until === -1 ? undefined : until);
    await send(
      client,
      '/ingest/activities',
      due.map((told) => replayLine(told, begin, speed)),
    );
    for (let alert = alerts.at(-1); alert && replayTime(alertTime(alert), begin, speed) <= now; alert = alerts.at(-1)) {
      await send(client, '/ingest/alerts', [replayAlert(alert, begin, speed)]);
      alerts.pop();
    }
    for (const { step, record } of due) {
      if (announced.has(step)) continue;
      announced.add(step);
      const address = String(record.ClientIP);
      call.note(`${elapsed(now - begin)}  ${call.t(stepTexts[step], { user: story.victim, address })}`);
    }
    next += due.length;
  }
  return next;
}

async function send(client: ApiClient, path: string, lines: readonly string[]): Promise<void> {
  const body = (async function* () {
    yield Buffer.from(lines.join(''));
  })();
  const { rejected, problems } = await client.upload<WireIngestion>(path, body);
  if (rejected > 0) throw new Error(problems[0]?.reason ?? 'The demo took no record.');
}

/** `01:05`: minutes and seconds since the beginning. */
function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

const stepTexts: Readonly<Record<Step, TextKey>> = {
  'spray.tried': 'demo.replay.steps.tried',
  'spray.entered': 'demo.replay.steps.entered',
  'spray.read': 'demo.replay.steps.read',
  'spray.forwarded': 'demo.replay.steps.forwarded',
  'consent.consented': 'demo.replay.steps.consented',
  'consent.credentials': 'demo.replay.steps.credentials',
  'consent.downloaded': 'demo.replay.steps.downloaded',
  'token.worked': 'demo.replay.steps.worked',
  'token.stolen': 'demo.replay.steps.stolen',
  'token.shared': 'demo.replay.steps.shared',
};

function tellEnd(call: Call, { name, victim, told }: Story, sent: number): ExitCode {
  const isComplete = sent === told.length;
  if (call.isJson) call.json({ story: name, victim, records: told.length, sent, isComplete });
  else call.say(call.t(isComplete ? 'demo.replay.done' : 'demo.replay.stopped', { sent, records: told.length }));
  return isComplete ? exitCodes.ok : exitCodes.interrupted;
}
