// Shapes of uploaded traffic logs, data sources and reports on the management API.
import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';

const State = oneOf('created', 'uploaded', 'queued', 'processing', 'done', 'failed', 'cancelled');
const WholeOrNull = Type.Union([Type.Integer(), Type.Null()]);

const Result = Type.Object({
  /** After unpacking. */
  bytes: Type.Integer(),
  /** Records that were read, and those of them that are in the reports. */
  read: Type.Integer(),
  used: Type.Integer(),
  apps: Type.Integer(),
  /** How many were not used, by reason. */
  skipped: Type.Record(Type.String(), Type.Integer()),
  firstBad: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String(), excerpt: Type.String() })),
  firstTime: TimeOrNull,
  lastTime: TimeOrNull,
  /** Name of the kind of log that it looks like, when that is another one. */
  looksLike: TextOrNull,
});

export const DiscoveryUpload = Type.Object({
  id: Type.String(),
  state: State,
  fileName: Type.String(),
  source: Type.String(),
  streamId: TextOrNull,
  streamName: TextOrNull,
  isSnapshot: Type.Boolean(),
  /** As sent. */
  bytes: WholeOrNull,
  createdAt: Time,
  createdBy: Type.String(),
  receivedAt: TimeOrNull,
  queuedAt: TimeOrNull,
  startedAt: TimeOrNull,
  endedAt: TimeOrNull,
  /** How often reading it began. */
  attempts: Type.Integer(),
  /** The earlier upload of the same log, which is the one that counts. */
  duplicateOf: TextOrNull,
  problemCode: TextOrNull,
  problem: TextOrNull,
  result: Type.Union([Result, Type.Null()]),
});
export type DiscoveryUpload = Type.Static<typeof DiscoveryUpload>;

export const DiscoveryUploads = listOf(DiscoveryUpload);

export const DiscoveryUploadQuery = Type.Object(
  {
    ...PageQuery,
    state: Type.Optional(State),
    /** Name or id of a data source or report. */
    stream: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Name of a kind of log. */
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    isSnapshot: Type.Optional(Type.Boolean()),
    sort: Type.Optional(oneOf('createdAt', 'fileName', 'source', 'state', 'bytes', 'createdBy', 'endedAt')),
  },
  { additionalProperties: false },
);

export const BeginUploadBody = Type.Object(
  { fileName: Type.String({ minLength: 1, maxLength: 4096 }), source: Type.String({ minLength: 1, maxLength: 100 }) },
  { additionalProperties: false },
);

/** The URL takes the file with PUT and is shown here only. */
export const BegunUpload = Type.Object({ upload: DiscoveryUpload, url: Type.String() });

/** One of the two. */
export const FinishUploadBody = Type.Object(
  {
    dataSource: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    snapshot: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);

export const DiscoveryStream = Type.Object({
  id: Type.String(),
  kind: oneOf('global', 'data-source', 'custom', 'snapshot'),
  name: Type.String(),
  source: TextOrNull,
  comment: Type.String(),
  receiver: TextOrNull,
  anonymizeUsers: Type.Boolean(),
  hasCustomParser: Type.Boolean(),
  filters: Type.Union([
    Type.Object({
      dataSources: Type.Array(Type.String()),
      groups: Type.Array(Type.String()),
      ipTags: Type.Array(Type.String()),
      ipRanges: Type.Array(Type.String()),
    }),
    Type.Null(),
  ]),
  createdAt: TimeOrNull,
  changedAt: TimeOrNull,
  lastReceivedAt: TimeOrNull,
  files: Type.Integer(),
  failedFiles: Type.Integer(),
});
export type DiscoveryStream = Type.Static<typeof DiscoveryStream>;

export const DiscoveryStreams = listOf(DiscoveryStream);

/** `source` is the name of a kind of log. */
export const DataSourceQuery = Type.Object(
  {
    ...WholeListQuery,
    source: Type.Optional(Type.String({ maxLength: 100 })),
    sort: Type.Optional(oneOf('name', 'source', 'receiver', 'createdAt', 'lastReceivedAt', 'files', 'failedFiles')),
  },
  { additionalProperties: false },
);

export const ReportsQuery = Type.Object(
  {
    ...WholeListQuery,
    kind: Type.Optional(oneOf('global', 'data-source', 'custom', 'snapshot')),
    sort: Type.Optional(oneOf('name', 'kind', 'createdAt', 'changedAt')),
  },
  { additionalProperties: false },
);

/** Kinds of logs, as a data source or an upload names them. */
export const LogKinds = Type.Object({
  items: Type.Array(Type.Object({ name: Type.String(), title: Type.String(), isSyslog: Type.Boolean() })),
  total: Type.Integer(),
});

const Name = Type.String({ minLength: 1, maxLength: 200 });
const Comment = Type.Optional(Type.String({ maxLength: 1000 }));

export const DataSourceBody = Type.Object(
  {
    name: Name,
    source: Type.String({ minLength: 1, maxLength: 100 }),
    comment: Comment,
    anonymizeUsers: Type.Optional(Type.Boolean()),
    receiver: Type.Optional(TextOrNull),
    /** Definition of a parser, or null. */
    customParser: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

const Names = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 }));

export const ReportBody = Type.Object(
  { name: Name, comment: Comment, dataSources: Names, groups: Names, ipTags: Names, ipRanges: Names },
  { additionalProperties: false },
);

/** Checked by the noun, which knows the members. */
export const CustomParserBody = Type.Record(Type.String(), Type.Unknown());
