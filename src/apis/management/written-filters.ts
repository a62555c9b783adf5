// Filters in the grammar of the cloud-apps surface, with this surface's way of saying what is wrong.
import { InvalidInput } from '../../lib/failures.ts';
import { InvalidFilters } from '../cloud-apps/errors.ts';

/** What `parse` returns; where it throws InvalidFilters, an InvalidInput that names the first value which cannot be used. */
export function readFilters<Conditions>(parse: () => Conditions): Conditions {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InvalidFilters)) throw error;
    const [first] = error.problems;
    const field = first ? `filters.${first.field}` : 'filters';
    const why = first?.reason === undefined ? '' : ` (${first.reason})`;
    throw new InvalidInput(
      field,
      `${first?.value ?? 'The filter'} is not valid for ${first?.field ?? 'filters'}${why}.`,
    );
  }
}
