// Shapes of the management API that several routes share. Each noun's own shapes lie beside its routes.
import { Type } from '../../lib/schema.ts';

/** Times on the wire: ISO 8601 in UTC. */
export const Time = Type.String({ description: 'ISO 8601, UTC' });
export const TimeOrNull = Type.Union([Time, Type.Null()]);
export const TextOrNull = Type.Union([Type.String(), Type.Null()]);

/** Query of every list. `limit` at most 100. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
  direction: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  search: Type.Optional(Type.String({ maxLength: 200 })),
};

/** Query of lists that settings keep short (whole-lists.ts): without `limit` they give everything. */
export const WholeListQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  skip: PageQuery.skip,
  direction: PageQuery.direction,
  search: PageQuery.search,
};

export const IdParams = Type.Object({ id: Type.String({ maxLength: 200 }) });
