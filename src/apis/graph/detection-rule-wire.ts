// Custom detections in the documented shape (https://learn.microsoft.com/graph/api/resources/security-detectionrule), in
// and out: for Graph, and for the management API and the files of the command line, which take the same.
import type { LastRun, RuleView } from '../../custom-detections/custom-detections.ts';
import type { AssetKind, ImpactedAsset } from '../../custom-detections/rule.ts';
import type { RuleInput } from '../../custom-detections/rule-input.ts';
import { isoTime } from '../../lib/clock.ts';
import { flag, listOf, nullable, object, oneOf, type Reader, readBody, text, unused } from './bodies.ts';
import { GraphProblem } from './errors.ts';

/** Annotations of impacted assets. */
export const assetTypes: Readonly<Record<AssetKind, string>> = {
  device: '#microsoft.graph.security.impactedDeviceAsset',
  user: '#microsoft.graph.security.impactedUserAsset',
  mailbox: '#microsoft.graph.security.impactedMailboxAsset',
};

export function ruleWire(rule: RuleView): Readonly<Record<string, unknown>> {
  const { alertTemplate } = rule;
  return {
    '@odata.type': '#microsoft.graph.security.detectionRule',
    id: rule.id,
    displayName: rule.displayName,
    isEnabled: rule.isEnabled,
    createdBy: rule.createdBy,
    createdDateTime: isoTime(rule.createdAt),
    lastModifiedDateTime: isoTime(rule.changedAt),
    lastModifiedBy: rule.changedBy,
    detectorId: rule.id,
    queryCondition: { queryText: rule.queryText, lastModifiedDateTime: isoTime(rule.queryChangedAt) },
    schedule: { period: rule.period, nextRunDateTime: isoTime(rule.nextRunAt) },
    lastRunDetails: lastRunWire(rule.lastRun),
    detectionAction: {
      alertTemplate: {
        ...alertTemplate,
        impactedAssets: alertTemplate.impactedAssets.map(({ kind, identifier }) => {
          return { '@odata.type': assetTypes[kind], identifier };
        }),
      },
      organizationalScope: null,
      responseActions: [],
    },
  };
}

function lastRunWire(run: LastRun | null) {
  return {
    lastRunDateTime: run ? isoTime(run.at) : null,
    status: run?.status ?? null,
    failureReason: run?.failureReason ?? null,
    errorCode: run?.errorCode ?? null,
  };
}

/** The type is an annotation, which other bodies pass over; here it says what the column stands for. */
const asset: Reader<ImpactedAsset> = (value, at) => {
  const { '@odata.type': type = null } =
    typeof value === 'object' && value !== null ? ({ ...value } as Record<string, unknown>) : {}; // Any object has members by name.
  const name = typeof type === 'string' ? type.replace(/^#/, '').toLowerCase() : '';
  const kinds = Object.entries(assetTypes) as readonly (readonly [AssetKind, string])[]; // The record's own.
  const kind = kinds.find(([, each]) => each.slice(1).toLowerCase() === name)?.[0];
  if (!kind) {
    const types = Object.values(assetTypes).join(', ');
    throw new GraphProblem(`Invalid value specified for property '${at}.@odata.type': it must be one of ${types}.`);
  }
  const { identifier = '' } = object({ identifier: text })(value, at);
  return { kind, identifier: identifier.slice(0, 1).toLowerCase() + identifier.slice(1) };
};

function unsupported(advice: string): Reader<undefined> {
  return (value, at) => {
    if (value === null || (Array.isArray(value) && value.length === 0)) return undefined;
    throw new GraphProblem(`The property '${at}' is not supported here. ${advice}`);
  };
}

const readers = {
  displayName: text,
  isEnabled: flag,
  queryCondition: object({ queryText: text, lastModifiedDateTime: unused }),
  schedule: object({ period: text, nextRunDateTime: unused }),
  detectionAction: object({
    alertTemplate: object({
      title: text,
      description: text,
      severity: oneOf('informational', 'low', 'medium', 'high'),
      category: text,
      recommendedActions: nullable(text),
      mitreTechniques: nullable(listOf(text)),
      impactedAssets: nullable(listOf(asset)),
    }),
    organizationalScope: unsupported('A rule looks at all devices of the organisation. Leave it out, or send null.'),
    responseActions: unsupported(
      'Nothing here acts on devices by itself: let a webhook do it. Leave it out, or send [].',
    ),
  }),
  // What the documented call takes along and ignores.
  id: unused,
  createdBy: unused,
  createdDateTime: unused,
  lastModifiedBy: unused,
  lastModifiedDateTime: unused,
  detectorId: unused,
  lastRunDetails: unused,
};

/** Throws a GraphProblem that names what cannot be taken. */
export function readRule(body: unknown): RuleInput {
  const { displayName, isEnabled, queryCondition, schedule, detectionAction } = readBody(body, readers);
  const given = detectionAction?.alertTemplate;
  const { title, description, severity, category, recommendedActions, mitreTechniques, impactedAssets } = given ?? {};
  return {
    displayName,
    isEnabled,
    period: schedule?.period,
    queryText: queryCondition?.queryText,
    alertTemplate: given && {
      ...{ title, description, severity, category, recommendedActions },
      mitreTechniques: mitreTechniques === null ? [] : mitreTechniques,
      impactedAssets: impactedAssets === null ? [] : impactedAssets,
    },
  };
}
