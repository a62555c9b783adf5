// The tables that rules look at: those of every hunting query, without the alerts that rules have raised. A rule that found
// these would raise an alert for each, again and again, and two rules would do so for each other.
import { huntingCatalogue } from '../hunting/hunting.ts';
import type { Catalogue } from '../kql/ir.ts';

const alertTables = new Set(['AlertInfo', 'AlertEvidence']);

/** Alerts of the same source that another product has raised have ids of their own kind (alerts/alert-keys.ts). */
const raisedByRules = `"DetectionSource" = 'Custom detection' and regexp_full_match("AlertId", 'ca[0-9a-f]{32}')`;

let catalogue: Catalogue | undefined;

export function ruleCatalogue(): Catalogue {
  if (catalogue) return catalogue;
  const all = huntingCatalogue();
  const tables = all.tables.map((table) =>
    alertTables.has(table.name)
      ? { ...table, source: `(select * from ${table.source} where not (${raisedByRules}))` }
      : table,
  );
  catalogue = { ...all, tables };
  return catalogue;
}
