// What a tenant finds important in an app's score, and the scores that come of it.
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Db } from '../../db/store.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { Recent } from '../../lib/recent.ts';
import { recordGovernance } from '../../policies/governance.ts';
import { callerName } from '../caller-name.ts';
import { readFactors } from '../catalog/factors.ts';
import { initialWeights, type ScoreWeights, scoreOf } from './score.ts';
import { type Importance, importances, type ScoreCategory, scoreCategories, scoreFields } from './score-fields.ts';
import * as store from './store.ts';

/** What of the weights is to be another. */
export interface WeightsChange {
  readonly categories?: Readonly<Record<string, number>>;
  readonly fields?: Readonly<Record<string, number>>;
  readonly countsUnknown?: boolean;
}

/** Nobody's rights are asked. */
export async function weightsOf(db: Db, tenantId: TenantId): Promise<ScoreWeights> {
  return parseStored(await store.findWeights(db, tenantId));
}

function parseStored(body: string | undefined): ScoreWeights {
  if (body === undefined) return initialWeights;
  const stored = JSON.parse(body) as ScoreWeights; // Written by setWeights.
  return { ...stored, fields: { ...initialWeights.fields, ...stored.fields } };
}

/** Needs Discovery.read. */
export async function getWeights({ caller, store: { db } }: Ctx): Promise<ScoreWeights> {
  require(caller, 'Discovery.read');
  return await weightsOf(db, caller.tenantId);
}

/** Changes what is given; null takes everything back to the beginning. Needs Discovery.manage. Throws InvalidInput. */
export async function setWeights(ctx: Ctx, change: WeightsChange | null): Promise<ScoreWeights> {
  require(ctx.caller, 'Discovery.manage');
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const before = await weightsOf(trx, tenantId);
    const after = change === null ? initialWeights : changed(before, change);
    const at = ctx.clock();
    if (change === null) await store.deleteWeights(trx, tenantId);
    else {
      const values = { body: JSON.stringify(after), changedAt: at, changedBy: callerName(ctx.caller) };
      await store.putWeights(trx, tenantId, values);
    }
    await recordAudit(ctx, trx, {
      action: 'discovery-score-weights.update',
      target: { kind: 'discovery-score-weights', id: tenantId },
      details: { ...after, isInitial: change === null },
    });
    // The documented service calculates all scores again in a task; here they follow from the weights at once.
    await recordGovernance(trx, tenantId, {
      type: 'DiscoveryCalculateTask',
      status: 'succeeded',
      at,
      appId: null,
      policyId: null,
      details: { target: 'App scores', message: 'Scores were calculated with the new weights.' },
    });
    return after;
  });
}

function changed(before: ScoreWeights, { categories = {}, fields = {}, countsUnknown }: WeightsChange): ScoreWeights {
  const known = new Set(scoreFields.map(({ name }) => name));
  const merged: Record<ScoreCategory, Importance> = { ...before.categories };
  for (const [name, weight] of Object.entries(categories)) {
    const category = scoreCategories.find((each) => each === name);
    if (category === undefined) {
      throw new InvalidInput('categories', `${shown(name)} is no category. There are ${scoreCategories.join(', ')}.`);
    }
    merged[category] = parseImportance('categories', weight);
  }
  const ofFields: Record<string, Importance> = { ...before.fields };
  for (const [name, weight] of Object.entries(fields)) {
    if (!known.has(name)) {
      throw new InvalidInput('fields', `${shown(name)} is no risk factor. There are ${[...known].join(', ')}.`);
    }
    ofFields[name] = parseImportance('fields', weight);
  }
  return { categories: merged, fields: ofFields, countsUnknown: countsUnknown ?? before.countsUnknown };
}

function parseImportance(field: string, weight: number): Importance {
  if (weight === 0 || weight === 1 || weight === 2 || weight === 3 || weight === 4) return weight;
  throw new InvalidInput(field, `An importance is 0 to 4: ${importances.join(', ')}.`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

/** Totals of the whole catalogue by app, by weights: many tenants leave them as they are. */
const computed = new Recent<string, ReadonlyMap<number, number | null>>(8);

/** The total score of every app of the catalogue by id; null where nothing is known. */
export async function catalogScores(weights: ScoreWeights): Promise<ReadonlyMap<number, number | null>> {
  const key = JSON.stringify(weights);
  const known = computed.get(key);
  if (known !== undefined) return known;
  const factors = await readFactors();
  const scores = new Map([...factors].map(([appId, facts]) => [appId, scoreOf(facts, weights).total]));
  computed.set(key, scores);
  return scores;
}
