// What a list of incidents can be asked for: the properties that the documentation lets clients filter by (Defender
// reference 2.1). Surfaces translate their filter language into it.
import type { IncidentStatus } from './incident.ts';

export type Order = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';

export type IncidentCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly IncidentCondition[] }
  | { readonly kind: 'not'; readonly of: IncidentCondition }
  /** `ticks` of 100 ns since 1970. */
  | {
      readonly kind: 'time';
      readonly property: 'createdTime' | 'lastUpdateTime';
      readonly order: Order;
      readonly ticks: bigint;
    }
  /** The status is one of these. */
  | { readonly kind: 'status'; readonly oneOf: readonly IncidentStatus[] }
  /** It is assigned to one of these, in lower case; null stands for nobody. */
  | { readonly kind: 'assignedTo'; readonly oneOf: readonly (string | null)[] };
