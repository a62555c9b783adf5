// $filter of Graph's incidents and alerts_v2 (Defender reference 4.2), as conditions of the nouns.
import { severities } from '../../alerts/alert.ts';
import { type AlertCondition, type AlertText, type AlertTime, everyAlert } from '../../alerts/condition.ts';
import type { Ctx } from '../../context.ts';
import type { IncidentCondition } from '../../incidents/condition.ts';
import { foldAssignee, type IncidentStatus } from '../../incidents/incident.ts';
import { findClassification, findDetermination, incidentSeverities } from '../../incidents/vocabulary.ts';
import { type FilterField, type FilterTable, toCondition } from '../defender/filter-fields.ts';
import { parseFilter, usualBounds } from '../odata/filter.ts';
import {
  detectionSourceNames,
  detectionSourcesFor,
  incidentStatuses,
  serviceSourceNames,
  serviceSourcesFor,
} from './security-enums.ts';

export function readIncidentFilter(ctx: Ctx, text: string | undefined): IncidentCondition | null {
  return text === undefined ? null : toCondition(parse(ctx, text), incidentTable);
}

export function readAlertFilter(ctx: Ctx, text: string | undefined): AlertCondition {
  return text === undefined ? everyAlert : toCondition(parse(ctx, text), alertTable);
}

function parse({ config }: Ctx, text: string) {
  return parseFilter(text, { ...usualBounds, valuesMax: config.filterValuesMax });
}

type IncidentField = FilterField<IncidentCondition>;

const texts = (values: readonly (string | null)[]): string[] => values.filter((value) => value !== null);

/** The one of the words that the text is, in any case. */
function oneOfWords(words: readonly string[]): (text: string) => string | undefined {
  return (text) => words.find((word) => word.toLowerCase() === text.toLowerCase());
}

const incidentTime = (property: 'createdTime' | 'lastUpdateTime'): IncidentField => ({
  kind: 'time',
  compare: (order, ticks) => ({ kind: 'time', property, order, ticks }),
});

const severityWords = ['unknown', 'informational', 'low', 'medium', 'high'];
const statusNames = Object.entries(incidentStatuses) as readonly (readonly [IncidentStatus, string])[]; // The record's own.

const incidentTable: FilterTable<IncidentCondition> = {
  what: 'Incidents',
  fields: {
    createdDateTime: incidentTime('createdTime'),
    lastUpdateDateTime: incidentTime('lastUpdateTime'),
    status: {
      kind: 'text',
      read: oneOfWords([...statusNames.map(([, word]) => word), 'awaitingAction']),
      words: [...statusNames.map(([, word]) => word), 'awaitingAction'],
      oneOf: (values) => ({
        kind: 'status',
        oneOf: statusNames.flatMap(([status, word]) => (values.includes(word) ? [status] : [])),
      }),
    },
    severity: {
      kind: 'text',
      read: oneOfWords(severityWords),
      words: severityWords,
      // In the order of the words of vocabulary.ts, where the first one is UnSpecified.
      oneOf: (values) => ({
        kind: 'severity',
        oneOf: incidentSeverities.flatMap((_, place) => (values.includes(severityWords[place] ?? '') ? [place] : [])),
      }),
    },
    assignedTo: {
      kind: 'text',
      oneOf: (values) => ({
        kind: 'assignedTo',
        oneOf: values.map((value) => (value === null ? null : foldAssignee(value))),
      }),
    },
    classification: {
      kind: 'text',
      read: findClassification,
      words: ['unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity'],
      oneOf: (values) => ({ kind: 'word', property: 'classification', oneOf: texts(values) }),
    },
    determination: {
      kind: 'text',
      read: findDetermination,
      words: ['the documented determinations'],
      oneOf: (values) => ({ kind: 'word', property: 'determination', oneOf: texts(values) }),
    },
    id: {
      kind: 'text',
      oneOf: (values) => ({
        kind: 'id',
        oneOf: texts(values)
          .filter((value) => /^\d{1,15}$/.test(value))
          .map(Number),
      }),
    },
  },
  all: (of) => ({ kind: 'all', of }),
  any: (of) => ({ kind: 'any', of }),
  not: (of) => ({ kind: 'not', of }),
};

type AlertField = FilterField<AlertCondition>;

const alertTime = (property: AlertTime): AlertField => ({
  kind: 'time',
  compare: (order, ticks) => ({ kind: 'time', property, order, ticks }),
});

function alertText(
  property: AlertText,
  read?: (text: string) => string | undefined,
  words: readonly string[] = [],
): AlertField {
  const oneOf = (values: readonly (string | null)[]): AlertCondition => ({ kind: 'text', property, oneOf: values });
  return read ? { kind: 'text', oneOf, read, words } : { kind: 'text', oneOf };
}

/** Sources are kept as their products spell them: a word of Graph's stands for all of its spellings. */
function source(
  property: 'serviceSource' | 'detectionSource',
  storedFor: (word: string) => string[] | undefined,
  words: readonly string[],
): AlertField {
  return {
    kind: 'text',
    read: (text) => (storedFor(text) ? text : undefined),
    words,
    oneOf: (values) => ({
      kind: 'text',
      property,
      oneOf: texts(values).flatMap((value) => storedFor(value) ?? []),
    }),
  };
}

const alertTable: FilterTable<AlertCondition> = {
  what: 'Alerts',
  fields: {
    id: alertText('alertId'),
    createdDateTime: alertTime('created'),
    lastUpdateDateTime: alertTime('updated'),
    lastActivityDateTime: alertTime('lastActivity'),
    resolvedDateTime: alertTime('resolved'),
    status: alertText('status', oneOfWords(['new', 'inProgress', 'resolved']), ['new', 'inProgress', 'resolved']),
    severity: {
      kind: 'text',
      read: oneOfWords(severityWords),
      words: severityWords,
      oneOf: (values) => ({
        kind: 'number',
        property: 'severity',
        oneOf: severities.flatMap((word, place) => (values.includes(word) ? [place] : [])),
      }),
    },
    assignedTo: alertText('assignedTo', (text) => text.toLowerCase()),
    classification: alertText('classification', findClassification, ['the documented classifications']),
    determination: alertText('determination', findDetermination, ['the documented determinations']),
    serviceSource: source('serviceSource', serviceSourcesFor, serviceSourceNames),
    detectionSource: source('detectionSource', detectionSourcesFor, detectionSourceNames),
    category: alertText('category'),
    alertPolicyId: alertText('policyId'),
    incidentId: {
      kind: 'text',
      oneOf: (values) => ({
        kind: 'number',
        property: 'incidentId',
        oneOf: texts(values)
          .filter((value) => /^\d{1,15}$/.test(value))
          .map(Number),
      }),
    },
  },
  all: (of) => ({ kind: 'all', of }),
  any: (of) => ({ kind: 'any', of }),
  not: (of) => ({ kind: 'not', of }),
};
