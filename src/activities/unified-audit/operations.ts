// Finds what an operation means in operation-table.ts; what stands in no row goes by the verb of its cmdlet, or is
// UNSPECIFIED, which is also what the documented service says then.
import { Recent } from '../../lib/recent.ts';
import { operationRows } from './operation-table.ts';

/** Cmdlets (Exchange and compliance centre admin records) that stand in no row go by their verb. */
const verbs: ReadonlyMap<string, { readonly category: string; readonly label: string }> = new Map([
  ['new', { category: 'CREATE_OBJECT', label: 'Create' }],
  ['add', { category: 'CREATE_OBJECT', label: 'Add' }],
  ['install', { category: 'CREATE_OBJECT', label: 'Create' }],
  ['set', { category: 'EDIT_OBJECT', label: 'Edit' }],
  ['update', { category: 'EDIT_OBJECT', label: 'Edit' }],
  ['enable', { category: 'EDIT_OBJECT', label: 'Enable' }],
  ['disable', { category: 'EDIT_OBJECT', label: 'Disable' }],
  ['remove', { category: 'DELETE_OBJECT', label: 'Delete' }],
  ['uninstall', { category: 'DELETE_OBJECT', label: 'Delete' }],
]);

export interface OperationKind {
  /** Such as EVENT_CATEGORY_DOWNLOAD_FILE. */
  readonly eventType: string;
  /** What the description begins with. */
  readonly label: string;
  /** Null: the record type decides. */
  readonly isAdmin: boolean | null;
}

const byOperation: ReadonlyMap<string, OperationKind> = new Map(
  operationRows.flatMap((row) =>
    row.operations.map((operation): [string, OperationKind] => [
      operation,
      { eventType: `EVENT_CATEGORY_${row.category}`, label: row.label, isAdmin: row.isAdmin ?? null },
    ]),
  ),
);

const others = new Recent<string, OperationKind>(2000);

/** Directory operations are written with and without a final full stop. */
export function operationKind(operation: string): OperationKind {
  const known = byOperation.get(operation) ?? others.get(operation);
  if (known) return known;
  const bare = operation.trim().replace(/\.$/, '');
  const kind = byOperation.get(bare) ?? unknownKind(bare);
  others.set(operation, kind);
  return kind;
}

function unknownKind(operation: string): OperationKind {
  const verb = /^([A-Za-z]+)-[A-Za-z0-9]+$/.exec(operation)?.[1]?.toLowerCase();
  const row = verb === undefined ? undefined : verbs.get(verb);
  return row
    ? { eventType: `EVENT_CATEGORY_${row.category}`, label: `${row.label} (${operation})`, isAdmin: null }
    : { eventType: 'EVENT_CATEGORY_UNSPECIFIED', label: operation, isAdmin: null };
}

/** A sign-in record that tells of an error counts as failed, whatever its operation says. */
export const failedSignIn: OperationKind = operationKind('UserLoginFailed');
