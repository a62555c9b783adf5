// What the hunting pages call.
import { queryOptions } from '@tanstack/react-query';
import type {
  DetectionChoices,
  DetectionDryRun,
  DetectionRule,
  DetectionRules,
  DetectionRun,
  DetectionRuns,
} from '../../../src/apis/management/custom-detections-schemas.ts';
import type * as hunting from '../../../src/apis/management/hunting-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';

export type QuerySchema = Type.Static<typeof hunting.QuerySchema>;
export type SavedQuery = Type.Static<typeof hunting.SavedQuery>;
type SavedQueries = Type.Static<typeof hunting.SavedQueries>;
export type CheckedQuery = Type.Static<typeof hunting.CheckedQuery>;
export type Rule = Type.Static<typeof DetectionRule>;
type Rules = Type.Static<typeof DetectionRules>;
export type Run = Type.Static<typeof DetectionRun>;
type Runs = Type.Static<typeof DetectionRuns>;
export type DryRun = Type.Static<typeof DetectionDryRun>;
export type RuleChoices = Type.Static<typeof DetectionChoices>;

/** The right to hunt; the server asks for it over the whole organisation. */
export const huntingRight = 'AdvancedHunting.Read.All';
export const readRules = 'CustomDetection.Read.All';
export const changeRules = 'CustomDetection.ReadWrite.All';

const queries = managementPath('hunting', 'queries');
const rules = managementPath('custom-detections');

export const schemaQuery = queryOptions({
  queryKey: ['hunting', 'schema'],
  queryFn: ({ signal }) => call<QuerySchema>(managementPath('hunting', 'schema'), { signal }),
  staleTime: 5 * 60_000,
});

export const savedQuery = (id: string) =>
  queryOptions({
    queryKey: ['hunting', 'query', id],
    queryFn: ({ signal }) => call<SavedQuery>(`${queries}/${encodeURIComponent(id)}`, { signal }),
  });

export interface QueryFields {
  readonly name: string;
  readonly folder: string;
  readonly description: string;
  readonly isShared: boolean;
  readonly query: string;
}

export const listQueries = (query: { search: string; skip: number; limit: number }, signal: AbortSignal) =>
  call<SavedQueries>(queries, { query, signal });
export const createQuery = (body: QueryFields) => call<CheckedQuery>(queries, { body });
export const changeQuery = (id: string, body: Partial<QueryFields> & { revision: number }) =>
  call<CheckedQuery>(`${queries}/${encodeURIComponent(id)}`, { method: 'PATCH', body });
export const deleteQuery = (id: string) => call<void>(`${queries}/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** A rule as forms send it; what is absent stays. */
export interface RuleBody {
  readonly displayName?: string;
  readonly isEnabled?: boolean;
  readonly queryCondition?: { readonly queryText: string };
  readonly schedule?: { readonly period: string };
  readonly detectionAction?: {
    readonly alertTemplate: Omit<Rule['detectionAction']['alertTemplate'], 'recommendedActions'> & {
      readonly recommendedActions: string | null;
    };
  };
}

const ruleAt = (id: string, ...rest: readonly string[]) => managementPath('custom-detections', id, ...rest);

export const choicesQuery = queryOptions({
  queryKey: ['custom-detections', 'choices'],
  queryFn: ({ signal }) => call<RuleChoices>(`${rules}/choices`, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const ruleQuery = (id: string) =>
  queryOptions({
    queryKey: ['custom-detections', 'rule', id],
    queryFn: ({ signal }) => call<Rule>(ruleAt(id), { signal }),
  });

export const listRules = (query: Record<string, string | number | undefined>, signal: AbortSignal) =>
  call<Rules>(rules, { query, signal });
export const listRuns = (id: string, query: { limit: number; skip: number }, signal: AbortSignal) =>
  call<Runs>(ruleAt(id, 'runs'), { query, signal });
export const createRule = (body: RuleBody) => call<Rule>(rules, { body });
export const changeRule = (id: string, body: RuleBody) => call<Rule>(ruleAt(id), { method: 'PATCH', body });
export const deleteRule = (id: string) => call<void>(ruleAt(id), { method: 'DELETE' });
export const runRule = (id: string, signal: AbortSignal) => call<Run>(ruleAt(id, 'run'), { method: 'POST', signal });
export const dryRunRule = (id: string, signal: AbortSignal) =>
  call<DryRun>(ruleAt(id, 'dry-run'), { method: 'POST', signal });
export const dryRunBody = (body: RuleBody, signal: AbortSignal) => call<DryRun>(`${rules}/dry-run`, { body, signal });
