import { Type } from '../../lib/schema.ts';
import { TextOrNull } from './schemas.ts';

const Party = Type.Object({ kind: Type.String(), id: TextOrNull, name: Type.String() });
const Target = Type.Object({ kind: Type.String(), id: Type.String(), name: Type.Optional(Type.String()) });

/** The own tenant's log, or that of the deployment, for those who manage its tenants. */
const Log = Type.Optional(Type.Union([Type.Literal('tenant'), Type.Literal('deployment')]));

export const AuditQuery = Type.Object(
  {
    log: Log,
    from: Type.Optional(Type.String({ maxLength: 40 })),
    to: Type.Optional(Type.String({ maxLength: 40 })),
    action: Type.Optional(Type.String({ maxLength: 100 })),
    /** Name of who acted, exactly. */
    actor: Type.Optional(Type.String({ maxLength: 200 })),
    search: Type.Optional(Type.String({ maxLength: 200 })),
    /** Only records before this sequence number: `next` of the page before. */
    before: Type.Optional(Type.Integer({ minimum: 1 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  },
  { additionalProperties: false },
);

export const AuditList = Type.Object({
  items: Type.Array(
    Type.Object({
      sequence: Type.Integer(),
      at: Type.String(),
      action: Type.String(),
      outcome: Type.String(),
      actor: Party,
      target: Type.Union([Target, Type.Null()]),
      address: TextOrNull,
      userAgent: TextOrNull,
      correlationId: TextOrNull,
      details: Type.Record(Type.String(), Type.Unknown()),
      hash: Type.String(),
    }),
  ),
  next: Type.Union([Type.Integer(), Type.Null()]),
});

export const VerificationQuery = Type.Object(
  {
    log: Log,
    knownSequence: Type.Optional(Type.Integer({ minimum: 0 })),
    knownHash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  },
  { additionalProperties: false },
);

export const AuditVerification = Type.Object({
  intact: Type.Boolean(),
  records: Type.Integer(),
  head: Type.Object({ sequence: Type.Integer(), hash: Type.String() }),
  problems: Type.Array(Type.Object({ sequence: Type.Integer(), kind: Type.String(), detail: Type.String() })),
  known: Type.Union([Type.Literal('present'), Type.Literal('missing'), Type.Null()]),
});
