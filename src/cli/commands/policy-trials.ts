// What a policy matched, would have raised, and was: reports, dry runs, backfills, history.
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { showList, word } from '../show.ts';
import { utcTime } from '../times.ts';
import type { WireBackfill, WireDryRun, WirePolicyMatch, WirePolicyVersion } from '../wire.ts';
import { namedPolicy } from './policy.ts';
import { momentOption } from './role.ts';

export async function matches(call: Call): Promise<ExitCode> {
  const { t } = call;
  const { id } = await namedPolicy(call);
  await showList<WirePolicyMatch>(call, {
    path: at`/policies/${id}/matches`,
    columns: [
      { heading: t('table.time'), cell: ({ timestamp }) => utcTime(timestamp) },
      { heading: t('table.user'), cell: ({ userName }) => userName || '-' },
      { heading: t('policy.activity'), cell: ({ activityId }) => activityId },
      { heading: t('policy.alert'), cell: ({ alert }) => alert ?? '-' },
    ],
  });
  return exitCodes.ok;
}

export async function history(call: Call): Promise<ExitCode> {
  const { t } = call;
  const { id } = await namedPolicy(call);
  await showList<WirePolicyVersion>(call, {
    path: at`/policies/${id}/history`,
    columns: [
      { heading: '#', cell: ({ revision }) => String(revision) },
      { heading: t('table.time'), cell: (version) => utcTime(version.at) },
      { heading: t('table.actor'), cell: ({ by }) => by },
      { heading: t('table.action'), cell: ({ change }) => change },
    ],
  });
  return exitCodes.ok;
}

/** A week until now unless the options say otherwise. */
function periodOf(call: Call): { from: string; until: string } {
  const now = Date.now();
  const weekMs = 7 * 86_400_000;
  return {
    from: momentOption(call, 'from', 'back') ?? new Date(now - weekMs).toISOString(),
    until: momentOption(call, 'until', 'back') ?? new Date(now).toISOString(),
  };
}

/** A dry run may look at a month of activities. */
const dryRunSecondsMax = 600;

export async function dryRun(call: Call): Promise<ExitCode> {
  const { id } = await namedPolicy(call);
  const options = { body: periodOf(call), idleSecondsMax: dryRunSecondsMax };
  const answer = await call.api().call<WireDryRun>('POST', at`/policies/${id}/dry-run`, options);
  if (call.isJson) {
    call.json(answer);
    return exitCodes.ok;
  }
  const { matches: matched, alerts, heldBack, samples, isComplete, lookedUntil } = answer;
  call.say(call.t('policy.dryRun.done', { matches: matched, alerts, heldBack }));
  if (!isComplete) call.note(call.t('policy.dryRun.incomplete', { time: utcTime(lookedUntil) }));
  for (const { firstActivity, description } of samples) call.say(`  ${utcTime(firstActivity)}  ${description}`);
  return exitCodes.ok;
}

const pollMs = 1000;

export async function backfill(call: Call): Promise<ExitCode> {
  const { id } = await namedPolicy(call);
  const api = call.api();
  let job = await api.call<WireBackfill>('POST', at`/policies/${id}/backfills`, { body: periodOf(call) });
  if (!call.flag('no-wait')) {
    let shown = -1;
    while (job.state === 'waiting' || job.state === 'running') {
      const percent = Math.floor(job.progress * 100);
      if (percent !== shown && !call.isJson) call.note(call.t('policy.backfill.progress', { percent }));
      shown = percent;
      await sleep(pollMs);
      job = await api.call<WireBackfill>('GET', at`/policy-backfills/${job.id}`);
    }
  }
  if (call.isJson) call.json(job);
  else {
    const { matches: matched, alerts, heldBack } = job;
    const state = word(call, job.state);
    call.say(call.t('policy.backfill.done', { state, id: job.id, matches: matched, alerts, heldBack }));
    if (job.problem !== null) call.note(job.problem);
  }
  return job.state === 'failed' || job.state === 'cancelled' ? exitCodes.partly : exitCodes.ok;
}
