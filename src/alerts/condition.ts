// What a list of alerts can be asked for. Surfaces translate their filter languages into it.
import type { DataScope } from '../access/caller.ts';
import type { AlertKey } from './alert-keys.ts';

export type Order = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';

export type AlertText =
  /** The `_id` of the cloud-apps surface. */
  | 'id'
  | 'alertId'
  | 'status'
  | 'resolution'
  | 'classification'
  | 'determination'
  /** In lower case. */
  | 'assignedTo'
  | 'category'
  | 'serviceSource'
  | 'detectionSource'
  | 'policyId';

export type AlertTime = 'created' | 'updated' | 'lastActivity' | 'resolved';

export type AlertCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly AlertCondition[] }
  | { readonly kind: 'not'; readonly of: AlertCondition }
  /** The text is one of these; null stands for none. */
  | { readonly kind: 'text'; readonly property: AlertText; readonly oneOf: readonly (string | null)[] }
  /** `severity`: places in the list of alert.ts. */
  | {
      readonly kind: 'number';
      readonly property: 'severity' | 'alertType' | 'incidentId';
      readonly oneOf: readonly number[];
    }
  | { readonly kind: 'number-range'; readonly property: 'alertType'; readonly from: number; readonly to: number }
  | { readonly kind: 'flag'; readonly property: 'isRead' | 'isOpen'; readonly is: boolean }
  /** `ticks` of 100 ns since 1970. An alert without such a time is in no order to it. */
  | { readonly kind: 'time'; readonly property: AlertTime; readonly order: Order; readonly ticks: bigint }
  /** It is about one of these things. */
  | { readonly kind: 'about'; readonly keys: readonly AlertKey[] }
  /** It is about some instance with this number, of whatever app. */
  | { readonly kind: 'instance-number'; readonly oneOf: readonly number[] }
  /** It lies in the part of the data that a role reaches. */
  | { readonly kind: 'scope'; readonly scope: DataScope };

export const everyAlert: AlertCondition = { kind: 'all', of: [] };
export const noAlert: AlertCondition = { kind: 'any', of: [] };
