import { Refusal } from '../../access/refusal.ts';
import { Conflict, InvalidInput } from '../../lib/failures.ts';
import type { Texts } from './texts.ts';

export const formFields = ['code', 'displayName', 'slug', 'domain', 'userDisplayName', 'userName', 'password'] as const;
export type FormField = (typeof formFields)[number];

type ErrorKey = keyof Texts['errors'];

/** Where a problem belongs on the form, and which text tells it. `field` is null for the form as a whole. */
export interface FormProblem {
  readonly field: FormField | null;
  readonly text: ErrorKey;
}

/**
 * Codes of the management API's problem details that a set-up can end with. The script of the page gets this table too,
 * so that the page says the same with and without it.
 */
export const problemsByCode: Readonly<Record<string, FormProblem>> = {
  'slug-taken': { field: 'slug', text: 'slugTaken' },
  'domain-taken': { field: 'domain', text: 'domainTaken' },
  'user-name-taken': { field: 'userName', text: 'userNameTaken' },
  'setup-code-invalid': { field: 'code', text: 'setupCodeInvalid' },
  throttled: { field: null, text: 'throttled' },
};

export const otherProblem: FormProblem = { field: null, text: 'other' };

function isFormField(name: string): name is FormField {
  return (formFields as readonly string[]).includes(name);
}

/** What the form shows for an error, with the status of its answer. Errors that are not the person's stay undefined. */
export function formProblem(error: unknown): (FormProblem & { readonly status: number }) | undefined {
  if (error instanceof InvalidInput) {
    const field = isFormField(error.field) ? error.field : null;
    return { field, text: field ?? 'other', status: 400 };
  }
  if (error instanceof Conflict) return { ...(problemsByCode[error.code] ?? otherProblem), status: 409 };
  if (error instanceof Refusal) {
    return { ...(problemsByCode[error.details.code] ?? otherProblem), status: error.details.status };
  }
  return undefined;
}
