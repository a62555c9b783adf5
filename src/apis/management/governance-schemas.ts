// Shapes of the governance log on the management API.
import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time } from './schemas.ts';

const Status = oneOf('succeeded', 'failed', 'pending');

/** `from` and `until` are times, both included. */
export const GovernanceQuery = Type.Object(
  {
    limit: PageQuery.limit,
    skip: PageQuery.skip,
    direction: PageQuery.direction,
    sort: Type.Optional(oneOf('at', 'type', 'status')),
    /** Name of a task, such as DiscoveryParseLogTask. */
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    status: Type.Optional(Status),
    appId: Type.Optional(Type.Integer({ minimum: 0 })),
    from: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    until: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  },
  { additionalProperties: false },
);

export const GovernanceLog = listOf(
  Type.Object({
    id: Type.String(),
    at: Time,
    type: Type.String(),
    status: Status,
    appId: Type.Union([Type.Integer(), Type.Null()]),
    policyId: TextOrNull,
    target: Type.String(),
    message: Type.String(),
  }),
);
