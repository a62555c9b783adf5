import { Type } from 'typebox';

export const IngestAnswer = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Integer(),
  problems: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() })),
});
