// The properties that the endpoint list of alerts can be filtered by (Defender reference 4.1), as conditions on alerts.
import { severities } from '../../alerts/alert.ts';
import { findKey } from '../../alerts/alert-keys.ts';
import { type AlertCondition, type AlertText, type AlertTime, everyAlert, noAlert } from '../../alerts/condition.ts';
import { findStatus } from '../../alerts/ingest/enumerations.ts';
import { foldAssignee } from '../../incidents/incident.ts';
import { findClassification, findDetermination } from '../../incidents/vocabulary.ts';
import type { FilterField, FilterTable } from './filter-fields.ts';

type Field = FilterField<AlertCondition>;

function text(property: AlertText, read?: (text: string) => string | undefined, words?: readonly string[]): Field {
  return {
    kind: 'text',
    oneOf: (oneOf) => ({ kind: 'text', property, oneOf }),
    ...(read ? { read } : {}),
    ...(words ? { words } : {}),
  };
}

function time(property: AlertTime): Field {
  return { kind: 'time', compare: (order, ticks) => ({ kind: 'time', property, order, ticks }) };
}

const not = (of: AlertCondition): AlertCondition => ({ kind: 'not', of });

/** Records have "unknown" where the wire has null. */
function knownText(property: 'classification' | 'determination', read: (text: string) => string | undefined): Field {
  return {
    kind: 'text',
    oneOf: (oneOf) => ({ kind: 'text', property, oneOf: oneOf.map((each) => each ?? 'unknown') }),
    read,
    words: ['the documented names'],
  };
}

const words: readonly string[] = severities;
const severity: Field = {
  kind: 'text',
  oneOf: (names) => ({
    kind: 'number',
    property: 'severity',
    oneOf: names.map((name) => words.indexOf(name ?? '')).filter((at) => at >= 0),
  }),
  // An alert without a severity counts as informational, so that none is unspecified.
  read: (name) => [...severities, 'unspecified'].find((each) => each === name.toLowerCase()),
  words: ['UnSpecified', 'Informational', 'Low', 'Medium', 'High'],
};

function device(): Field {
  return {
    kind: 'text',
    oneOf: (values) => {
      const keys = values.flatMap((value) => (value === null ? [] : (findKey('device', value) ?? [])));
      return keys.length === 0 ? noAlert : { kind: 'about', keys };
    },
  };
}

export const alertTable: FilterTable<AlertCondition> = {
  what: 'Alerts',
  fields: {
    id: text('alertId'),
    alertCreationTime: time('created'),
    lastUpdateTime: time('updated'),
    lastEventTime: time('lastActivity'),
    resolvedTime: time('resolved'),
    incidentId: {
      kind: 'number',
      orders: ['eq', 'ne'],
      compare: (order, value) => {
        const isIt: AlertCondition = { kind: 'number', property: 'incidentId', oneOf: [value] };
        return order === 'eq' ? isIt : not(isIt);
      },
    },
    investigationId: {
      kind: 'number',
      orders: ['eq', 'ne'],
      compare: (order, value) => {
        const isIt: AlertCondition = { kind: 'about', keys: [findKey('investigation', value) ?? []].flat() };
        return order === 'eq' ? isIt : not(isIt);
      },
    },
    status: text('status', findStatus, ['New', 'InProgress', 'Resolved']),
    severity,
    category: text('category'),
    assignedTo: text('assignedTo', (name) => foldAssignee(name) ?? ''),
    detectionSource: text('detectionSource'),
    classification: knownText('classification', findClassification),
    determination: knownText('determination', findDetermination),
    machineId: device(),
    computerDnsName: device(),
  },
  all: (of) => (of.length === 0 ? everyAlert : { kind: 'all', of }),
  any: (of) => ({ kind: 'any', of }),
  not,
};
