import { Type } from '../../lib/schema.ts';

export const IngestAnswer = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Integer(),
  problems: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() })),
});

export const IncidentsIngestAnswer = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  /** How many of the stored ones took the place of an older state. */
  replaced: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Integer(),
  problems: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() })),
});

export const HuntingIngestQuery = Type.Object({
  /** The hunting table of rows that do not name theirs. */
  table: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
});

export const HuntingIngestAnswer = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Integer(),
  problems: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() })),
  tables: Type.Array(Type.Object({ table: Type.String(), stored: Type.Integer() })),
});
