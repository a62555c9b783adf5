// Tables that the published schema does not have: what this server itself knows. Names and columns are made like the
// published ones; docs/hunting-data.md says what each column holds.
import type { KqlType } from '../../kql/ir.ts';

const letters = { d: 'datetime', y: 'dynamic', l: 'long', i: 'int' } as const satisfies Record<string, KqlType>;

const columnsOf = {
  /** One row an incident, as it is now. */
  IncidentInfo:
    'Timestamp:d IncidentId:l Title Severity Status Classification Determination AssignedTo Tags:y AlertIds:y ' +
    'AlertCount:i FirstActivityTimestamp:d LastActivityTimestamp:d LastUpdateTimestamp:d RedirectIncidentId:l Comments:y ' +
    'Description ReportId',
  /** One row a call of an API by somebody who is known here. */
  ApiAccessEvents:
    'Timestamp:d ActionType Surface RequestMethod RequestPath ResponseStatusCode:i RequestDuration:i CallerType ' +
    'CredentialType CredentialId AccountObjectId AccountUpn ApplicationId Application ApplicationTenantId IPAddress ' +
    'UserAgent CorrelationId ReportId',
} as const;

/** By name, with columns in their order. */
export const ownTables: ReadonlyMap<string, readonly { readonly name: string; readonly type: KqlType }[]> = new Map(
  Object.entries(columnsOf).map(([table, columns]) => [table, columns.split(' ').map(columnOf)]),
);

function columnOf(text: string): { readonly name: string; readonly type: KqlType } {
  const [name = '', letter] = text.split(':');
  if (letter === undefined) return { name, type: 'string' };
  return { name, type: letters[letter as keyof typeof letters] }; // The texts above use no other.
}
