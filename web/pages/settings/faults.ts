import { ApiProblem } from '../../api/problem.ts';

/** What the server found wrong with one of these fields of the body; undefined where the error is about something else. */
export function fieldFault<Field extends string>(
  error: unknown,
  fields: readonly Field[],
): { readonly field: Field; readonly problem: string } | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  for (const { field, problem } of error.fields) {
    const known = fields.find((each) => each === field);
    if (known !== undefined) return { field: known, problem };
  }
  return undefined;
}
