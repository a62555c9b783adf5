// What a list of incidents can be asked for: the properties that the documentation lets clients filter by (Defender
// reference 2.1 and 4.2). Surfaces translate their filter languages into it.
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
  | { readonly kind: 'assignedTo'; readonly oneOf: readonly (string | null)[] }
  /** Places in the list of severities of vocabulary.ts. */
  | { readonly kind: 'severity'; readonly oneOf: readonly number[] }
  /** Words as they are stored. */
  | {
      readonly kind: 'word';
      readonly property: 'classification' | 'determination';
      readonly oneOf: readonly string[];
    }
  | { readonly kind: 'id'; readonly oneOf: readonly number[] }
  /** The name has this text in it, in any case. */
  | { readonly kind: 'name'; readonly text: string }
  /** One of its alerts came from this service. */
  | { readonly kind: 'serviceSource'; readonly oneOf: readonly string[] };
