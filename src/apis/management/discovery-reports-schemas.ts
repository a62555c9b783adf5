// Shapes of reports of discovered apps on the management API.
import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

const closed = { additionalProperties: false };

/** `global` is the global view. */
export const ReportParams = Type.Object({ id: Type.String({ pattern: '^([0-9a-fA-F]{24}|global)$' }) });

/** 7, 30 or 90. */
const Days = Type.Optional(Type.Integer());
/** JSON text, in the grammar of the cloud-apps surface. */
const Filters = Type.Optional(Type.String({ maxLength: 65_536 }));

export const OverviewQuery = Type.Object({ days: Days }, closed);
export const CountedQuery = Type.Object({ days: Days, filters: Filters }, closed);
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

export const CountedApps = listOf(Type.Object({ id: Type.String(), total: Type.Integer() }));

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

export const ResolveNameBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 16_384 }), reason: Type.String({ maxLength: 2000 }) },
  closed,
);
export const ResolvedName = Type.Object({ userName: Type.String() });
