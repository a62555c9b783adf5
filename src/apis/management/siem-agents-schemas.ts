import { Type } from '../../lib/schema.ts';
import { TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';

const Format = Type.Union([Type.Literal('generic-cef'), Type.Literal('arcsight-cef')]);
const TimeFormat = Type.Union([Type.Literal('rfc5424'), Type.Literal('rfc3164'), Type.Literal('rfc3164-with-year')]);
const Protocol = Type.Union([Type.Literal('tcp'), Type.Literal('udp'), Type.Literal('tls')]);

/** Filters in the grammar of /api/v1/activities/ and /api/v1/alerts/; null for all. */
const Filters = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);
const DataType = Type.Object({ isSent: Type.Boolean(), filters: Filters });

const settings = {
  format: Format,
  timeFormat: TimeFormat,
  includesPri: Type.Boolean(),
  includesSystemName: Type.Boolean(),
  remoteHost: Type.String({ maxLength: 300 }),
  remotePort: Type.Integer({ minimum: 1, maximum: 65_535 }),
  protocol: Protocol,
};

const Status = Type.Union([
  Type.Literal('created'),
  Type.Literal('connected'),
  Type.Literal('connection-error'),
  Type.Literal('disconnected'),
]);

export const SiemAgent = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdBy: Type.String(),
  createdAt: Time,
  tokenGeneratedAt: Time,
  lastUsedAt: TimeOrNull,
  lastUsedAddress: TextOrNull,
  settings: Type.Union([Type.Object({ ...settings, alerts: DataType, activities: DataType }), Type.Null()]),
  isEnabled: Type.Boolean(),
  status: Status,
  reportedAt: TimeOrNull,
  version: TextOrNull,
  systemName: TextOrNull,
  alertsSent: Type.Integer(),
  activitiesSent: Type.Integer(),
  lastSentAt: TimeOrNull,
  problems: Type.Array(Type.Object({ kind: Type.String(), title: Type.String(), detail: Type.String(), since: Time })),
});

export const SiemAgentQuery = Type.Object(
  {
    ...WholeListQuery,
    status: Type.Optional(Status),
    sort: Type.Optional(
      Type.Union([
        Type.Literal('name'),
        Type.Literal('status'),
        Type.Literal('createdAt'),
        Type.Literal('reportedAt'),
        Type.Literal('lastSentAt'),
      ]),
    ),
  },
  { additionalProperties: false },
);

export const SiemAgentList = Type.Object({ items: Type.Array(SiemAgent), total: Type.Integer() });

const DataTypeBody = Type.Object(
  { isSent: Type.Optional(Type.Boolean()), filters: Type.Optional(Filters) },
  { additionalProperties: false },
);

const optionalSettings = {
  format: Type.Optional(Format),
  timeFormat: Type.Optional(TimeFormat),
  includesPri: Type.Optional(Type.Boolean()),
  includesSystemName: Type.Optional(Type.Boolean()),
  protocol: Type.Optional(Protocol),
  alerts: Type.Optional(DataTypeBody),
  activities: Type.Optional(DataTypeBody),
};

const name = Type.String({ maxLength: 200 });

export const CreateSiemAgentBody = Type.Object(
  { name, ...optionalSettings, remoteHost: settings.remoteHost, remotePort: settings.remotePort },
  { additionalProperties: false },
);

export const UpdateSiemAgentBody = Type.Object(
  {
    name: Type.Optional(name),
    ...optionalSettings,
    remoteHost: Type.Optional(settings.remoteHost),
    remotePort: Type.Optional(settings.remotePort),
  },
  { additionalProperties: false },
);

/** The only answers that ever hold a SIEM agent's token. */
export const MintedSiemAgent = Type.Object({ agent: SiemAgent, value: Type.String() });
