// The score of an app: weighted averages of its factors in each category, and of the categories (cloud-apps reference 3.7). All
// that comes out can be explained: every factor with its source, day, points, weight and what it adds to the total.
import type { Factor } from '../catalog/factors.ts';
import { type Importance, type ScoreCategory, type ScoreField, scoreCategories, scoreFields } from './score-fields.ts';

/** What a tenant finds important. */
export interface ScoreWeights {
  readonly categories: Readonly<Record<ScoreCategory, Importance>>;
  /** By name of field; one that is missing has its initial importance. */
  readonly fields: Readonly<Record<string, Importance>>;
  /** What is unknown counts as bad instead of not at all. */
  readonly countsUnknown: boolean;
}

export const initialWeights: ScoreWeights = {
  categories: { provider: 2, security: 2, compliance: 2, legal: 2 },
  fields: Object.fromEntries(scoreFields.map(({ name, initial }) => [name, initial])),
  countsUnknown: false,
};

export interface ScoredFactor {
  readonly name: string;
  readonly category: ScoreCategory;
  readonly weight: Importance;
  /** 0 to 10; null for unknown. */
  readonly points: number | null;
  /** What it adds to the total; 0 when it does not count. All of an app's add up to the total. */
  readonly contribution: number;
  /** Null when no source says anything. */
  readonly source: string | null;
  readonly asOf: string | null;
  readonly facts: Factor['facts'] | null;
}

export interface Score {
  /** 0 to 10, one decimal; null when nothing is known that counts. */
  readonly total: number | null;
  readonly categories: Readonly<Record<ScoreCategory, number | null>>;
  readonly factors: readonly ScoredFactor[];
}

interface Counted {
  readonly field: ScoreField;
  readonly factor: Factor | undefined;
  readonly points: number | null;
  readonly weight: Importance;
  /** The points that go into the average; null when the factor is left out. */
  readonly counted: number | null;
}

export function scoreOf(factors: readonly Factor[], weights: ScoreWeights): Score {
  const counted = scoreFields.map((field): Counted => {
    const factor = factors.find(({ name }) => name === field.factor);
    const points = factor === undefined ? null : field.points(factor.facts, factor.asOf);
    const weight = weights.fields[field.name] ?? field.initial;
    const isLeftOut = weight === 0 || (points === null && !weights.countsUnknown);
    return { field, factor, points, weight, counted: isLeftOut ? null : (points ?? 0) };
  });
  const exact = new Map(scoreCategories.map((category) => [category, averageOf(category, counted)]));
  const known = scoreCategories.filter((each) => exact.get(each) !== null && weights.categories[each] > 0);
  const all = known.reduce((sum, category) => sum + weights.categories[category], 0);
  const total = known.reduce((sum, each) => sum + (exact.get(each) ?? 0) * (weights.categories[each] / all), 0);
  return {
    total: known.length === 0 ? null : rounded(total),
    categories: {
      provider: roundedOrNull(exact.get('provider')),
      security: roundedOrNull(exact.get('security')),
      compliance: roundedOrNull(exact.get('compliance')),
      legal: roundedOrNull(exact.get('legal')),
    },
    factors: counted.map((each) => {
      const { category, name } = each.field;
      const share = known.includes(category) ? weights.categories[category] / all : 0;
      const ofCategory = (each.weight / weightOf(category, counted)) * (each.counted ?? 0);
      return {
        name,
        category,
        weight: each.weight,
        points: each.points,
        contribution: each.counted === null ? 0 : share * ofCategory,
        source: each.factor?.source ?? null,
        asOf: each.factor?.asOf ?? null,
        facts: each.factor?.facts ?? null,
      };
    }),
  };
}

/** Of the factors of a category that count. */
function weightOf(category: ScoreCategory, counted: readonly Counted[]): number {
  const own = counted.filter((each) => each.field.category === category && each.counted !== null);
  return own.reduce((sum, { weight }) => sum + weight, 0);
}

function averageOf(category: ScoreCategory, counted: readonly Counted[]): number | null {
  const own = counted.filter((each) => each.field.category === category && each.counted !== null);
  const weight = weightOf(category, counted);
  return weight === 0 ? null : own.reduce((sum, each) => sum + (each.counted ?? 0) * each.weight, 0) / weight;
}

function rounded(points: number): number {
  return Math.round(points * 10) / 10;
}

function roundedOrNull(points: number | null | undefined): number | null {
  return points === null || points === undefined ? null : rounded(points);
}
