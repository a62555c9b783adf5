// Custom detections as the management API writes them: rules in the documented shape, runs and dry runs in ours.
import type { RuleChoices, RuleView, Run } from '../../custom-detections/custom-detections.ts';
import type { RuleInput } from '../../custom-detections/rule-input.ts';
import type { DryRun } from '../../custom-detections/trials.ts';
import { isoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { Type } from '../../lib/schema.ts';
import { formatTicks } from '../../lib/ticks.ts';
import * as graph from '../graph/detection-rule-wire.ts';
import { GraphProblem } from '../graph/errors.ts';
import type { DetectionChoices, DetectionDryRun, DetectionRule, DetectionRun } from './custom-detections-schemas.ts';
import { toWire } from './wire.ts';

/** Throws InvalidInput with the words that Graph's surface has for it. */
export function readRule(body: unknown): RuleInput {
  try {
    return graph.readRule(body);
  } catch (error) {
    if (!(error instanceof GraphProblem)) throw error;
    throw new InvalidInput(/'([^']+)'/.exec(error.message)?.[1] ?? 'body', error.message);
  }
}

export function ruleWire(rule: RuleView): Type.Static<typeof DetectionRule> {
  return graph.ruleWire(rule) as Type.Static<typeof DetectionRule>; // The schema describes what that writes.
}

export function choicesWire({ assets, ...choices }: RuleChoices): Type.Static<typeof DetectionChoices> {
  return {
    ...toWire(choices),
    assets: assets.map(({ kind, identifiers }) => ({
      kind,
      type: graph.assetTypes[kind],
      identifiers: [...identifiers],
    })),
  };
}

export function runWire(run: Run): Type.Static<typeof DetectionRun> {
  const { id, eventStore, rows, alerts, heldBack, errorCode, failureReason } = run;
  return {
    id,
    eventStore,
    // Written by the noun as these words.
    cause: run.cause as Type.Static<typeof DetectionRun>['cause'],
    status: run.status as Type.Static<typeof DetectionRun>['status'],
    startedAt: isoTime(run.startedAt),
    endedAt: isoTime(run.endedAt),
    from: isoTime(run.fromAt),
    until: isoTime(run.untilAt),
    rows,
    alerts,
    heldBack,
    errorCode,
    failureReason,
  };
}

export function dryRunWire(run: DryRun): Type.Static<typeof DetectionDryRun> {
  const { rows, alerts, heldBack, told, seconds, fault } = run;
  return {
    ...{ rows, alerts, heldBack, alreadyTold: told, seconds },
    from: isoTime(run.from),
    until: isoTime(run.until),
    errorCode: fault?.code ?? null,
    failureReason: fault?.reason ?? null,
    samples: run.samples.map(({ title, description, severity, evidence, devices, entities, ...draft }) => ({
      ...{ title, description, severity },
      firstActivity: formatTicks(draft.firstActivityTicks),
      lastActivity: formatTicks(draft.lastActivityTicks),
      events: Number(evidence[0]?.values?.events ?? 0),
      devices: toWire(devices),
      entities: toWire(entities),
    })),
  };
}
