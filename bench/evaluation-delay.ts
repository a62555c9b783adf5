// How long after an activity was sent the alert about it can be read: a whole server in a process of its own, with its
// built-in detections and 50 activity policies, takes records in at a steady rate from this one, which asks the API for
// alerts meanwhile. Requests leave by the clock, whatever became of those before, and times count from when they should
// have left. Every second one record is marked: a policy is there for those, and each must raise exactly one alert.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayMs } from '../src/lib/clock.ts';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { type EvaluationClient, startEvaluation } from './support/evaluation-client.ts';
import { at, marked, marksIn, organisationOf } from './support/organisation.ts';
import { policyCount } from './support/policies.ts';

export const bench: Bench = {
  name: `alert under load with ${policyCount} policies and all detections, slowest, seconds after its activity was sent`,
  against: 'the limit',
  atMost: 10,
  run,
};

interface Plan {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Requests of one second, as from several collectors. */
const requestsPerSecond = 10;
/** Activities of the days before go in requests of so many. */
const pastAtOnce = 20_000;
const pollMs = 250;
/** How long the last alerts may take before the bench gives up on them. */
const patienceMs = 60_000;
/** An alert that is raised twice is there by then. */
const doubledMs = 3000;

/** When a marked activity was to be sent, was acknowledged, and was seen in an alert: milliseconds of one clock. */
interface Mark {
  readonly sent: number;
  acknowledged?: number;
  seen?: number;
}

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const plan: Plan = smoke ? { perSecond: 100, seconds: 3 } : { perSecond: 2000, seconds: 60 };
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  const { today, before: past } = organisationOf(plan.perSecond * plan.seconds, midnight);
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const client = await startEvaluation(folder);
  try {
    log(`the days before: ${past.length} activities`);
    for (let from = 0; from < past.length; from += pastAtOnce) await client.ingest(past.slice(from, from + pastAtOnce));
    const marks: Mark[] = [];
    // Nothing is measured before the past has been followed and the first alert has been seen.
    await sendMarked(client, [today[0] ?? ''], marks);
    await watch(client, marks, Promise.resolve());
    const before = await client.processorSeconds();
    const sending = sendAll(client, today.slice(1), plan, marks);
    const alerts = await watch(client, marks, sending);
    const cores = ((await client.processorSeconds()) - before) / plan.seconds;
    return resultOf(marks.slice(1), { ...(await sending), alerts: alerts - 1, cores, log });
  } finally {
    await client.stop();
    await rm(folder, { recursive: true });
  }
}

interface Sent {
  readonly activities: number;
  readonly ms: number;
}

/** Sends the records at the planned rate, once a second with one that is marked. Rejects when a request fails. */
async function sendAll(
  client: EvaluationClient,
  records: readonly string[],
  { perSecond, seconds }: Plan,
  marks: Mark[],
): Promise<Sent> {
  const size = perSecond / requestsPerSecond;
  const begun = performance.now();
  const answers: Promise<void>[] = [];
  for (let number = 0; number < seconds * requestsPerSecond; number++) {
    const due = begun + (number * 1000) / requestsPerSecond;
    await sleep(Math.max(0, due - performance.now()));
    const lines = records.slice(number * size, (number + 1) * size);
    const isMarked = number % requestsPerSecond === Math.floor(number / requestsPerSecond) % requestsPerSecond;
    const answer = isMarked ? sendMarked(client, lines, marks, due) : client.ingest(timed(lines));
    answer.catch(() => {}); // Met below.
    answers.push(answer);
  }
  await Promise.all(answers);
  return { activities: Math.min(records.length, size * answers.length), ms: performance.now() - begun };
}

async function sendMarked(
  client: EvaluationClient,
  lines: readonly string[],
  marks: Mark[],
  due = performance.now(),
): Promise<void> {
  const mark: Mark = { sent: due };
  const place = marks.length % lines.length;
  const sent = timed(lines).with(place, timed([marked(lines[place] ?? '', marks.length)])[0] ?? '');
  marks.push(mark);
  await client.ingest(sent);
  mark.acknowledged = performance.now();
}

function timed(lines: readonly string[]): string[] {
  const now = Date.now();
  return lines.map((line) => at(line, now));
}

/** Asks for alerts until all marks have been seen, and a while longer; returns how many alerts there are. */
async function watch(client: EvaluationClient, marks: readonly Mark[], sending: Promise<unknown>): Promise<number> {
  let endsAt = Number.POSITIVE_INFINITY;
  sending.then(
    () => {
      endsAt = performance.now() + patienceMs;
    },
    () => {
      endsAt = 0;
    },
  );
  for (;;) {
    const alerts = await client.alerts();
    const now = performance.now();
    for (const number of marksIn(alerts.join('\n'))) {
      const mark = marks[number];
      if (mark) mark.seen ??= now;
    }
    const isSent = endsAt < Number.POSITIVE_INFINITY;
    if (now > endsAt || (isSent && marks.every(({ seen }) => seen !== undefined))) break;
    await sleep(pollMs);
  }
  await sending;
  await sleep(doubledMs);
  return (await client.alerts()).length;
}

interface Outcome extends Sent {
  readonly alerts: number;
  /** Processor time of the server for each second of the plan. */
  readonly cores: number;
  readonly log: BenchOptions['log'];
}

function resultOf(marks: readonly Mark[], { alerts, activities, ms, cores, log }: Outcome): BenchResult {
  const seen = marks.filter((mark) => mark.seen !== undefined);
  if (alerts !== marks.length || seen.length !== marks.length) {
    throw new Error(`${marks.length} marked activities raised ${alerts} alerts, which name ${seen.length} of them.`);
  }
  const fromSending = secondsOf(seen, ({ sent }) => sent);
  const fromAnswer = secondsOf(seen, ({ acknowledged, sent }) => acknowledged ?? sent);
  const figures = (values: readonly number[]) =>
    [50, 99, 100]
      .map((percent) => `${percent === 100 ? 'max' : `p${percent}`} ${percentile(values, percent).toFixed(2)} s`)
      .join(', ');
  const rate = `${activities} activities at ${((activities * 1000) / ms).toFixed(0)}/s`;
  log(`${rate}; ${alerts} alerts of ${marks.length} marked ones; the server took ${cores.toFixed(2)} cores`);
  log(`after sending: ${figures(fromSending)}`);
  log(`after the acknowledgement: ${figures(fromAnswer)}`);
  const detail = `${figures(fromSending)}; after the acknowledgement ${figures(fromAnswer)}; ${rate}`;
  return { ratio: percentile(fromSending, 100), detail };
}

/** From that time until the alert was seen, ascending. */
function secondsOf(marks: readonly Mark[], since: (mark: Mark) => number): number[] {
  return marks.map((mark) => ((mark.seen ?? Number.NaN) - since(mark)) / 1000).sort((left, right) => left - right);
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
