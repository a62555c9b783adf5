// The catalogue as the binder's symbols. Made once per catalogue: the binder keeps what it has worked out about them.
import type { Catalogue } from '../ir.ts';
import { type Foreign, loadParser } from './kusto.ts';

const kept = new WeakMap<Catalogue, Foreign>();

export function globalsOf(catalogue: Catalogue): Foreign {
  const found = kept.get(catalogue);
  if (found) return found;
  const parser = loadParser();
  const tables = catalogue.tables.map(({ name, columns }) => parser.table(name, columns));
  const functions = (catalogue.functions ?? []).map(({ name, parameters, body }) =>
    parser.storedFunction(name, parameters, body),
  );
  const made = parser.globalsOf([...tables, ...functions]);
  kept.set(catalogue, made);
  return made;
}
