import { Type } from '../../lib/schema.ts';
import { TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';

const Port = Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]);
const Count = Type.Integer();
const Millis = Type.Union([Count, Type.Null()]);

const InputReport = Type.Object({
  id: Type.String(),
  linesReceived: Count,
  bytesReceived: Count,
  lastReceivedAt: Millis,
  lastUploadedAt: Millis,
  bytesWaiting: Count,
  linesDropped: Count,
  bytesDropped: Count,
  problem: TextOrNull,
});

const DataSource = Type.Object({
  dataSourceId: Type.String(),
  name: Type.String(),
  source: Type.String(),
  receiver: Type.String(),
  port: Port,
  report: Type.Union([InputReport, Type.Null()]),
});

const Status = Type.Union([Type.Literal('created'), Type.Literal('connected'), Type.Literal('disconnected')]);

export const LogCollector = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdBy: Type.String(),
  createdAt: Time,
  tokenGeneratedAt: Time,
  lastUsedAt: TimeOrNull,
  lastUsedAddress: TextOrNull,
  status: Status,
  reportedAt: TimeOrNull,
  lastDataAt: TimeOrNull,
  version: TextOrNull,
  systemName: TextOrNull,
  bytesWaiting: Type.Integer(),
  problem: TextOrNull,
  dataSources: Type.Array(DataSource),
});

export const LogCollectorQuery = Type.Object(
  {
    ...WholeListQuery,
    status: Type.Optional(Status),
    sort: Type.Optional(
      Type.Union([
        Type.Literal('name'),
        Type.Literal('status'),
        Type.Literal('createdAt'),
        Type.Literal('reportedAt'),
        Type.Literal('lastDataAt'),
        Type.Literal('bytesWaiting'),
      ]),
    ),
  },
  { additionalProperties: false },
);

export const LogCollectorList = Type.Object({ items: Type.Array(LogCollector), total: Type.Integer() });

const DataSourcesBody = Type.Array(
  Type.Object(
    { dataSourceId: Type.String({ maxLength: 64 }), port: Type.Optional(Port) },
    { additionalProperties: false },
  ),
  { maxItems: 100 },
);

export const CreateCollectorBody = Type.Object(
  { name: Type.String({ maxLength: 100 }), dataSources: Type.Optional(DataSourcesBody) },
  { additionalProperties: false },
);

export const UpdateCollectorBody = Type.Object(
  { name: Type.Optional(Type.String({ maxLength: 100 })), dataSources: Type.Optional(DataSourcesBody) },
  { additionalProperties: false },
);

/** `value` is the token, shown this once. */
export const MintedCollector = Type.Object({ collector: LogCollector, value: Type.String() });
