// The tables of the event store and how they came to be. Rows are only ever added; a migration adds tables and columns
// and never rewrites rows.
import { type ColumnType, columnDefinition } from './dialect.ts';

export interface EventColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Number of the migration that added the column to its table; absent when the table began with it. */
  readonly since?: number;
  /** The text by which a row is known; insertions look for it first. One column of a table at most. */
  readonly isKey?: true;
  /** Says nothing of what the row is: a key that is made of the row's values leaves it out. */
  readonly isApart?: true;
}

export interface EventTable {
  readonly name: string;
  readonly columns: readonly EventColumn[];
  /** The database that holds it, when it is not the one of the activities; one that `EventStore.prepare` knows. */
  readonly database?: string;
  /** Rows also have the column `batch`: which insertion they came with, in the order of the insertions. */
  readonly numbersBatches?: true;
}

/** Tables of a database beside the one of the activities, made or brought up to date when they are needed first. */
export interface TableSet {
  readonly database: string;
  readonly tables: readonly EventTable[];
  /** Tables under another name, or with other names for some columns. */
  readonly views: readonly {
    readonly name: string;
    readonly over: string;
    readonly columns: readonly { readonly name: string; readonly from: string }[];
  }[];
}

/** Activities, in the order in which they came in. docs/stored-data.md says what each column is for. */
export const activitiesTable = {
  name: 'activities',
  numbersBatches: true,
  columns: [
    { name: 'tenantId', type: 'uuid' },
    { name: 'id', type: 'text', isKey: true },
    { name: 'timestamp', type: 'time' },
    { name: 'created', type: 'time' },
    { name: 'appId', type: 'integer' },
    { name: 'instance', type: 'integer' },
    { name: 'appName', type: 'text' },
    { name: 'actionType', type: 'text' },
    { name: 'eventType', type: 'text' },
    { name: 'eventTypeValue', type: 'text' },
    { name: 'isAdminEvent', type: 'flag' },
    { name: 'isImpersonated', type: 'flag' },
    { name: 'userName', type: 'text' },
    { name: 'userDomain', type: 'text' },
    { name: 'userTags', type: 'set' },
    { name: 'ipAddress', type: 'text' },
    { name: 'ipCategory', type: 'integer' },
    { name: 'ipTags', type: 'set' },
    { name: 'countryCode', type: 'text' },
    { name: 'organization', type: 'text' },
    { name: 'deviceType', type: 'text' },
    { name: 'userAgent', type: 'text' },
    { name: 'userAgentTags', type: 'set' },
    { name: 'entities', type: 'set' },
    { name: 'objects', type: 'set' },
    { name: 'fileIds', type: 'set' },
    { name: 'policies', type: 'set' },
    { name: 'source', type: 'integer' },
    { name: 'searchText', type: 'prose' },
    { name: 'record', type: 'document' },
  ],
} as const satisfies EventTable;

export type ColumnOf<Table extends EventTable> = Table['columns'][number]['name'];

export interface EventMigration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

function createTable(table: EventTable): string {
  const first = table.columns.filter((column) => column.since === undefined);
  return `create table "${table.name}" (${first.map(columnDefinition).join(', ')})`;
}

/** Every change of the event store's schema, in order. Forward only: a released migration is never edited. */
export const eventMigrations: readonly EventMigration[] = [
  { number: 1, name: 'activities', statements: [createTable(activitiesTable)] },
  {
    number: 2,
    name: 'batches',
    statements: [
      `alter table "activities" add column "batch" BIGINT`,
      // Rows from before are followed in pieces as well.
      `update "activities" set "batch" = rowid // 8192 + 1`,
      `create table "storeIdentity" as select uuid()::VARCHAR as "id"`,
    ],
  },
];
