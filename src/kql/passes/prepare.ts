// The passes that every query goes through before it becomes SQL.
import type { Rel } from '../ir.ts';
import { inlineConstants } from './constants.ts';
import { inlineParsed } from './inline-parsed.ts';
import { withPlaces } from './places.ts';
import { prune } from './prune.ts';

export function prepare(rel: Rel): Rel {
  return prune(withPlaces(inlineParsed(inlineConstants(rel))));
}
