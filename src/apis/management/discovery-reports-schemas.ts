// Shapes of reports of discovered apps on the management API.
import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';

const closed = { additionalProperties: false };

/** `global` is the global view. */
export const ReportParams = Type.Object({ id: Type.String({ pattern: '^([0-9a-fA-F]{24}|global)$' }) });

/** 7, 30 or 90. */
const Days = Type.Optional(Type.Integer());
/** JSON text, in the grammar of the cloud-apps surface. */
const Filters = Type.Optional(Type.String({ maxLength: 65_536 }));

export const OverviewQuery = Type.Object({ days: Days }, closed);
/** Without `limit` the answer has all of them: there are a few dozen categories, and as many tags as a setting allows. */
export const CountedQuery = Type.Object(
  {
    days: Days,
    filters: Filters,
    limit: WholeListQuery.limit,
    skip: WholeListQuery.skip,
    direction: WholeListQuery.direction,
    sort: Type.Optional(oneOf('id', 'total', 'totalBytes', 'uploadedBytes', 'transactions', 'blocked')),
  },
  closed,
);
export const ExportQuery = Type.Object(
  { days: Days, filters: Filters, sort: Type.Optional(Type.String({ maxLength: 64 })), direction: PageQuery.direction },
  closed,
);
export const ReportQuery = Type.Object(
  { ...ExportQuery.properties, limit: PageQuery.limit, skip: PageQuery.skip },
  closed,
);

const traffic = {
  totalBytes: Type.Integer(),
  uploadedBytes: Type.Integer(),
  downloadedBytes: Type.Integer(),
  transactions: Type.Integer(),
  blocked: Type.Integer(),
  firstSeen: Time,
  lastSeen: Time,
};

export const DiscoveredApp = Type.Object({
  appId: Type.Integer(),
  name: Type.String(),
  vendor: TextOrNull,
  category: Type.String(),
  score: Type.Union([Type.Number(), Type.Null()]),
  risk: oneOf('high', 'medium', 'low', 'unknown'),
  tags: Type.Array(Type.String()),
  domains: Type.Array(Type.String()),
  ...traffic,
  users: Type.Integer(),
  addresses: Type.Integer(),
  machines: Type.Integer(),
});
export const DiscoveredApps = Type.Object({
  items: Type.Array(DiscoveredApp),
  total: Type.Integer(),
  moreThanTotal: Type.Boolean(),
});

export const DiscoveredEntity = Type.Object({
  name: Type.String(),
  apps: Type.Integer(),
  ...traffic,
  topApps: Type.Array(
    Type.Object({
      appId: Type.Integer(),
      name: Type.String(),
      totalBytes: Type.Integer(),
      transactions: Type.Integer(),
    }),
  ),
});
export const DiscoveredEntities = listOf(DiscoveredEntity);

export const CountedApps = listOf(
  Type.Object({
    id: Type.String(),
    /** How many apps. */
    total: Type.Integer(),
    totalBytes: Type.Integer(),
    uploadedBytes: Type.Integer(),
    transactions: Type.Integer(),
    blocked: Type.Integer(),
  }),
);

export const ReportOverview = Type.Object({
  totals: Type.Object({
    apps: Type.Integer(),
    users: Type.Integer(),
    addresses: Type.Integer(),
    machines: Type.Integer(),
    ...traffic,
    firstSeen: TimeOrNull,
    lastSeen: TimeOrNull,
  }),
  days: Type.Array(Type.Object({ day: Time, ...traffic })),
  risks: Type.Array(
    Type.Object({
      level: oneOf('high', 'medium', 'low', 'unknown'),
      apps: Type.Integer(),
      totalBytes: Type.Integer(),
    }),
  ),
});

const partOfDay = { apps: Type.Integer(), totalBytes: Type.Integer() };

export const ReportTrends = Type.Object({
  /** Categories with the most traffic, the most first. */
  categories: Type.Array(Type.String()),
  /** Days that have traffic, the oldest first. */
  days: Type.Array(
    Type.Object({
      day: Time,
      apps: Type.Integer(),
      users: Type.Integer(),
      addresses: Type.Integer(),
      machines: Type.Integer(),
      totalBytes: Type.Integer(),
      uploadedBytes: Type.Integer(),
      transactions: Type.Integer(),
      blocked: Type.Integer(),
      risks: Type.Array(Type.Object({ id: oneOf('high', 'medium', 'low', 'unknown'), ...partOfDay })),
      categories: Type.Array(Type.Object({ id: Type.String(), ...partOfDay })),
    }),
  ),
});

export const ResolveNameBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 16_384 }), reason: Type.String({ maxLength: 2000 }) },
  closed,
);
export const ResolvedName = Type.Object({ userName: Type.String() });
