import { Type } from '../../lib/schema.ts';
import { oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, WholeListQuery } from './schemas.ts';

const closed = { additionalProperties: false };

const summary = {
  id: Type.String(),
  name: Type.String(),
  folder: Type.String(),
  description: Type.String(),
  isShared: Type.Boolean(),
  isOwn: Type.Boolean(),
  owner: TextOrNull,
  revision: Type.Integer(),
  createdAt: Time,
  changedAt: Time,
  changedBy: Type.String(),
};

export const SavedQuery = Type.Object({ ...summary, query: Type.String() });

/** Without their texts. */
export const SavedQueries = Type.Object({ items: Type.Array(Type.Object(summary)), total: Type.Integer() });

/** What the compiler says of a query that was saved; null when it was too busy to say. */
export const CheckedQuery = Type.Object({
  query: SavedQuery,
  faults: Type.Union([
    Type.Array(
      Type.Object({ code: Type.String(), message: Type.String(), line: Type.Integer(), column: Type.Integer() }),
    ),
    Type.Null(),
  ]),
});

export const SavedQueriesQuery = Type.Object(
  {
    limit: PageQuery.limit,
    skip: PageQuery.skip,
    search: PageQuery.search,
    folder: Type.Optional(Type.String({ maxLength: 200 })),
    shared: Type.Optional(Type.Boolean()),
  },
  closed,
);

const fields = {
  name: Type.String({ maxLength: 300 }),
  query: Type.String({ maxLength: 100_000 }),
};

const optional = {
  folder: Type.Optional(Type.String({ maxLength: 300 })),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  isShared: Type.Optional(Type.Boolean()),
};

export const CreateSavedQueryBody = Type.Object({ ...fields, ...optional }, closed);

export const UpdateSavedQueryBody = Type.Object(
  {
    revision: Type.Integer({ minimum: 1 }),
    name: Type.Optional(fields.name),
    query: Type.Optional(fields.query),
    ...optional,
  },
  closed,
);

export const Watchlist = Type.Object({
  alias: Type.String(),
  description: Type.String(),
  searchKey: Type.String(),
  columns: Type.Array(Type.String()),
  rowCount: Type.Integer(),
  bytes: Type.Integer(),
  createdAt: Time,
  changedAt: Time,
  changedBy: Type.String(),
});

export const Watchlists = Type.Object({ items: Type.Array(Watchlist), total: Type.Integer() });

export const WatchlistQuery = Type.Object(
  { ...WholeListQuery, sort: Type.Optional(oneOf('alias', 'rowCount', 'bytes', 'changedAt')) },
  closed,
);

export const WatchlistRows = Type.Object({
  columns: Type.Array(Type.String()),
  items: Type.Array(Type.Array(Type.String())),
  total: Type.Integer(),
});

export const AliasParams = Type.Object({ alias: Type.String({ maxLength: 200 }) });

export const WatchlistRowsQuery = Type.Object({ limit: PageQuery.limit, skip: PageQuery.skip }, closed);

export const PutWatchlistQuery = Type.Object(
  { searchKey: Type.String({ maxLength: 300 }), description: Type.Optional(Type.String({ maxLength: 2000 })) },
  closed,
);

const Named = { name: Type.String() };
const TypedColumns = Type.Array(Type.Object({ ...Named, type: Type.String() }));

/** What a query may name. */
export const QuerySchema = Type.Object({
  tables: Type.Array(Type.Object({ ...Named, timeColumn: TextOrNull, columns: TypedColumns })),
  functions: Type.Array(Type.Object({ ...Named, parameters: Type.String(), body: Type.String() })),
  watchlists: Type.Array(Type.Object({ alias: Type.String(), searchKey: Type.String(), columns: TypedColumns })),
  moreWatchlists: Type.Boolean(),
  rowsMax: Type.Integer(),
});

/** `days` is null where nothing is chosen; `keptDays` is what comes of it. */
export const HuntingRetention = Type.Object({
  daysMax: Type.Integer(),
  days: Type.Union([Type.Integer(), Type.Null()]),
  keptDays: Type.Integer(),
  tables: Type.Array(Type.Object({ table: Type.String(), days: Type.Integer(), keptDays: Type.Integer() })),
});

const DaysOrNull = Type.Union([Type.Integer({ minimum: 1, maximum: 36_500 }), Type.Null()]);

export const HuntingRetentionBody = Type.Object(
  {
    days: Type.Optional(DaysOrNull),
    tables: Type.Optional(Type.Record(Type.String(), DaysOrNull)),
  },
  closed,
);
