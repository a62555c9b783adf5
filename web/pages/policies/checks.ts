// What is wrong with a policy's form: what can be seen before it is sent, and what the server said of it, by the field that
// it belongs to.
import { ApiProblem } from '../../api/problem.ts';
import type { Translate } from '../../i18n/texts.ts';
import { linesOf, type PolicyFields } from './fields.ts';
import { isOfBytes, type Measure, measures } from './settings.ts';

/** Texts by the name of a field of the form. */
export type Faults = Readonly<Partial<Record<FieldName, string>>>;
type FieldName =
  | Measure
  | 'name'
  | 'description'
  | 'severity'
  | 'riskCategory'
  | 'filters'
  | 'count'
  | 'minutes'
  | 'dailyAlertLimit'
  | 'includeGroups'
  | 'excludeGroups'
  | 'sensitivity'
  | 'leavers';

type Texts = Translate<'policies'>;

/** Bounds of the server, told before it has to. */
const bounds = { count: [2, 10_000], minutes: [1, 10_080], dailyAlertLimit: [0, 1000] } as const;
const day = /^\d{4}-\d{2}-\d{2}(?:T.*)?$/;

/** What keeps the form from being sent. */
export function faultsOf(fields: PolicyFields, t: Texts): Faults {
  const { type, isRepeated, isWhole } = fields;
  const isDetection = type === 'ANOMALY_DETECTION';
  return {
    ...(!isDetection && fields.name.trim() === '' ? { name: t('form.nameMissing') } : {}),
    ...(!isDetection && !isWhole ? { filters: t('form.unfinished') } : {}),
    ...(type === 'AUDIT' && isRepeated
      ? { ...wholeFault(fields, 'count', t), ...wholeFault(fields, 'minutes', t) }
      : {}),
    ...wholeFault(fields, 'dailyAlertLimit', t),
    ...(isDetection ? leaverFault(fields, t) : {}),
    ...(type === 'NEW_SERVICE' ? amountFaults(fields, t) : {}),
  };
}

function wholeFault(fields: PolicyFields, name: keyof typeof bounds, t: Texts): Faults {
  const [least, most] = bounds[name];
  const typed = fields[name].trim();
  const number = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  return number >= least && number <= most ? {} : { [name]: t('form.badNumber', { least, most }) };
}

function amountFaults({ daily }: PolicyFields, t: Texts): Faults {
  const wrong = measures.filter((name) => {
    const typed = daily[name].trim();
    const form = isOfBytes(name) ? /^\d+(?:\.\d+)?$/ : /^\d+$/;
    return typed !== '' && !(form.test(typed) && Number(typed) <= Number.MAX_SAFE_INTEGER / 1_000_000);
  });
  return Object.fromEntries(wrong.map((name) => [name, t('form.badAmount')]));
}

function leaverFault({ leavers }: PolicyFields, t: Texts): Faults {
  const line = linesOf(leavers).findIndex((each) => {
    const [, since = ''] = each.split(',').map((part) => part.trim());
    return since !== '' && (!day.test(since) || Number.isNaN(Date.parse(since)));
  });
  return line < 0 ? {} : { leavers: t('form.badDay', { line: line + 1 }) };
}

const byServerName: Readonly<Record<string, FieldName>> = {
  name: 'name',
  description: 'description',
  severity: 'severity',
  riskCategory: 'riskCategory',
  filters: 'filters',
  'repetition.count': 'count',
  'repetition.windowMinutes': 'minutes',
  dailyAlertLimit: 'dailyAlertLimit',
  'scope.includeGroups': 'includeGroups',
  'scope.excludeGroups': 'excludeGroups',
  sensitivity: 'sensitivity',
};

/** What the server refused, by field; undefined when it belongs to none of them. */
export function refusedFields(error: unknown, t: Texts): Faults | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  if (error.code === 'policy-name-taken') return { name: t('form.nameTaken') };
  const faults: Partial<Record<FieldName, string>> = {};
  for (const { field, problem } of error.fields) {
    const name = field.startsWith('filters.') ? 'filters' : byServerName[field];
    if (name === undefined) return undefined;
    faults[name] = problem;
  }
  return error.fields.length === 0 ? undefined : faults;
}

/** The same problem as the builder of filters knows it, by the fields of filters alone. */
export function filterProblem(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error;
  const prefix = 'filters.';
  const fields = error.fields.flatMap(({ field, problem }) =>
    field.startsWith(prefix) ? [{ field: field.slice(prefix.length), problem }] : [],
  );
  return new ApiProblem(error.status, error.message, { code: error.code, fields });
}
