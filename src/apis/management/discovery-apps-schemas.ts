import { Type } from '../../lib/schema.ts';
import { oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';

const closed = { additionalProperties: false };
const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);

const app = {
  appId: Type.Integer(),
  name: Type.String(),
  vendor: TextOrNull,
  category: Type.String(),
  score: NumberOrNull,
  tags: Type.Array(Type.String()),
  domains: Type.Array(Type.String()),
  isCustom: Type.Boolean(),
  isUnclassified: Type.Boolean(),
};

export const DiscoveryApps = Type.Object({ items: Type.Array(Type.Object(app)), total: Type.Integer() });

const category = Type.Union([
  Type.Literal('provider'),
  Type.Literal('security'),
  Type.Literal('compliance'),
  Type.Literal('legal'),
]);

const ScoredFactor = Type.Object({
  name: Type.String(),
  category,
  weight: Type.Integer(),
  points: NumberOrNull,
  contribution: Type.Number(),
  source: TextOrNull,
  asOf: TextOrNull,
  facts: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
});

const ByCategory = Type.Object({
  provider: NumberOrNull,
  security: NumberOrNull,
  compliance: NumberOrNull,
  legal: NumberOrNull,
});

const TaggedBy = Type.Object({
  name: Type.String(),
  isBuiltIn: Type.Boolean(),
  setByKind: Type.Union([Type.Literal('caller'), Type.Literal('policy')]),
  setBy: Type.String(),
  policyId: TextOrNull,
  reason: Type.String(),
  setAt: Time,
});

const said = { note: Type.String(), by: TextOrNull, at: TimeOrNull };

export const DiscoveryApp = Type.Object({
  ...app,
  computed: Type.Object({ total: NumberOrNull, categories: ByCategory, factors: Type.Array(ScoredFactor) }),
  override: Type.Union([Type.Object({ value: Type.Number(), ...said }), Type.Null()]),
  note: Type.Union([Type.Object({ value: Type.String(), ...said }), Type.Null()]),
  tagged: Type.Array(TaggedBy),
  neverBlockable: TextOrNull,
});

export const AppParams = Type.Object({ app: Type.String({ maxLength: 300 }) });

export const DiscoveryAppsQuery = Type.Object(
  {
    ...PageQuery,
    category: Type.Optional(Type.String({ maxLength: 100 })),
    tag: Type.Optional(Type.String({ maxLength: 100 })),
    scoreMin: Type.Optional(Type.Number({ minimum: 0, maximum: 10 })),
    scoreMax: Type.Optional(Type.Number({ minimum: 0, maximum: 10 })),
    sort: Type.Optional(Type.String({ maxLength: 100 })),
  },
  closed,
);

export const OverrideBody = Type.Object(
  { score: NumberOrNull, note: Type.Optional(Type.String({ maxLength: 10_000 })) },
  closed,
);

export const NoteBody = Type.Object({ note: Type.String({ maxLength: 10_000 }) }, closed);

export const TagAppsBody = Type.Object(
  {
    action: Type.Union([Type.Literal('add'), Type.Literal('remove')]),
    tag: Type.String({ maxLength: 200 }),
    apps: Type.Array(Type.Union([Type.Integer(), Type.String({ maxLength: 300 })]), { minItems: 1, maxItems: 1000 }),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  closed,
);

/** One for each app, in the order of the request. */
export const TagOutcomes = Type.Object({
  items: Type.Array(
    Type.Object({
      app: Type.Union([Type.Integer(), Type.String()]),
      appId: Type.Union([Type.Integer(), Type.Null()]),
      name: TextOrNull,
      outcome: Type.Union([
        Type.Literal('changed'),
        Type.Literal('unchanged'),
        Type.Literal('not-found'),
        Type.Literal('refused'),
      ]),
      problem: TextOrNull,
    }),
  ),
  changed: Type.Integer(),
  failed: Type.Integer(),
});

const tag = { id: Type.String(), name: Type.String(), isBuiltIn: Type.Boolean() };
export const AppTag = Type.Object(tag);
export const AppTags = Type.Object({
  items: Type.Array(Type.Object({ ...tag, appIds: Type.Array(Type.Integer()) })),
  total: Type.Integer(),
});
export const AppTagsQuery = Type.Object({ ...WholeListQuery, sort: Type.Optional(oneOf('name', 'apps')) }, closed);
export const TagWithApps = Type.Object({ ...tag, appIds: Type.Array(Type.Integer()) });
export const RenameTagBody = Type.Object({ name: Type.String({ maxLength: 300 }) }, closed);
export const CreateTagBody = Type.Object({ name: Type.String({ maxLength: 300 }) }, closed);
export const TagParams = Type.Object({ tag: Type.String({ maxLength: 300 }) });

export const CustomApp = Type.Object({
  appId: Type.Integer(),
  name: Type.String(),
  vendor: TextOrNull,
  category: Type.String(),
  domains: Type.Array(Type.String()),
  score: NumberOrNull,
  createdAt: Time,
  createdBy: Type.String(),
  changedAt: Time,
  changedBy: Type.String(),
});
export const CustomApps = Type.Object({ items: Type.Array(CustomApp), total: Type.Integer() });
export const CustomAppsQuery = Type.Object(
  { ...WholeListQuery, sort: Type.Optional(oneOf('name', 'category', 'score', 'createdAt', 'changedAt')) },
  closed,
);
export const CustomAppBody = Type.Object(
  {
    name: Type.String({ maxLength: 300 }),
    vendor: Type.Optional(Type.Union([Type.String({ maxLength: 300 }), Type.Null()])),
    category: Type.String({ maxLength: 100 }),
    domains: Type.Array(Type.String({ maxLength: 300 }), { minItems: 1, maxItems: 100 }),
    score: Type.Optional(NumberOrNull),
  },
  closed,
);
export const CustomAppParams = Type.Object({ appId: Type.Integer({ minimum: 0 }) });

const Weights = Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 4 }));

export const ScoreWeights = Type.Object({ categories: Weights, fields: Weights, countsUnknown: Type.Boolean() });
export const ScoreWeightsBody = Type.Object(
  {
    categories: Type.Optional(Weights),
    fields: Type.Optional(Weights),
    countsUnknown: Type.Optional(Type.Boolean()),
  },
  closed,
);
