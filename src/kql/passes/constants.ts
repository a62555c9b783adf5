// Columns that a query sets to a value known now (`extend pattern = @'…'`), in place of their uses further down the same
// chain: functions that need a literal get one, and the engine has less to compare.
import type { Expr, Literal, NamedExpr, Rel } from '../ir.ts';
import { mapExpr } from './walk.ts';

type Constants = ReadonlyMap<string, Literal>;

const none: Constants = new Map();

/** The tree with the literals put in; relations that are not one chain with what sets the column are left as they are. */
export function inlineConstants(rel: Rel): Rel {
  return chained(rel).rel;
}

interface Chained {
  readonly rel: Rel;
  readonly constants: Constants;
}

function chained(rel: Rel): Chained {
  switch (rel.op) {
    case 'filter': {
      const { rel: input, constants } = chained(rel.input);
      return { rel: { ...rel, input, predicate: replaced(rel.predicate, constants) }, constants };
    }
    case 'sort':
    case 'take': {
      const { rel: input, constants } = chained(rel.input);
      return { rel: { ...rel, input }, constants };
    }
    case 'project': {
      const { rel: input, constants } = chained(rel.input);
      const outputs = rel.outputs.map((each) => ({ ...each, expr: replacedIn(each, constants) }));
      return { rel: { ...rel, input, outputs }, constants: constantsOf(outputs, constants) };
    }
    case 'summarize':
      return { rel: { ...rel, input: inlineConstants(rel.input) }, constants: none };
    case 'join':
      return { rel: { ...rel, left: inlineConstants(rel.left), right: inlineConstants(rel.right) }, constants: none };
    case 'union': {
      const inputs = rel.inputs.map((each) => ({ ...each, rel: inlineConstants(each.rel) }));
      return { rel: { ...rel, inputs }, constants: none };
    }
    default:
      // A shared relation is one object for all of its uses, and each operator of its own knows what it reads.
      return { rel, constants: none };
  }
}

/** A column that only goes on stays one: what it is is told to those further down. */
function replacedIn({ expr }: NamedExpr, constants: Constants): Expr {
  return expr.kind === 'column' ? expr : replaced(expr, constants);
}

function replaced(expr: Expr, constants: Constants): Expr {
  if (constants.size === 0) return expr;
  return mapExpr(expr, (each) => (each.kind === 'column' ? (constants.get(each.name) ?? each) : each));
}

function constantsOf(outputs: readonly NamedExpr[], before: Constants): Constants {
  return new Map(
    outputs.flatMap(({ name, expr }): [string, Literal][] => {
      const value = expr.kind === 'column' ? before.get(expr.name) : expr;
      return value?.kind === 'literal' ? [[name, value]] : [];
    }),
  );
}
