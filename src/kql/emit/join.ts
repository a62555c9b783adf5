// Joins. https://learn.microsoft.com/kusto/query/join-operator
import type { Expr, Rel } from '../ir.ts';
import { columnsIn } from '../passes/walk.ts';
import { Unsupported } from '../unsupported.ts';
import { asSide, type Block, type Cell, isAtomic, seal, sealIf, sourceBlock, unordered } from './block.ts';
import type { Context } from './context.ts';
import { emitExpr, scopeOf } from './expression.ts';
import { mayBeNull, orEmpty } from './representation.ts';

type Join = Extract<Rel, { readonly op: 'join' }>;
type Side = 'left' | 'right';

const words: Readonly<Record<Join['kind'], string>> = {
  innerunique: 'join',
  inner: 'join',
  leftouter: 'left join',
  rightouter: 'right join',
  fullouter: 'full join',
  leftsemi: 'semi join',
  leftanti: 'anti join',
  // The engine has these two for the left side only: the sides change places.
  rightsemi: 'semi join',
  rightanti: 'anti join',
};

/** The sides whose columns are empty in some rows of the result. */
const filled: Readonly<Partial<Record<Join['kind'], readonly Side[]>>> = {
  leftouter: ['right'],
  rightouter: ['left'],
  fullouter: ['left', 'right'],
};

export function emitJoin(rel: Join, leftInput: Block, rightInput: Block, context: Context): Block {
  const isSwapped = rel.kind === 'rightsemi' || rel.kind === 'rightanti';
  const left =
    rel.kind === 'innerunique' ? distinctKeys(rel, leftInput, context) : asSide(unordered(leftInput), context);
  const right = asSide(unordered(rightInput), context);
  const conditions = [...keyConditions(rel, left, right, context), ...partitionConditions(rel, left, right)];
  const [first, second] = isSwapped ? [right, left] : [left, right];
  const on = conditions.length > 0 ? conditions.join(' and ') : 'true';
  const from = `${first.from} ${words[rel.kind]} ${second.from} on ${on}`;
  const types = new Map([...sideTypes(rel.left, 'left'), ...sideTypes(rel.right, 'right')]);
  const cells = rel.outputs.map(({ name, side, from: source }): readonly [string, Cell] => {
    const cell = (side === 'left' ? left : right).cells.get(source);
    if (!cell) throw new Error(`The column ${source} of a join got lost.`);
    const type = types.get(`${side} ${source}`) ?? 'string';
    return [name, filled[rel.kind]?.includes(side) ? { sql: orEmpty(cell.sql, type), atomic: true } : cell];
  });
  return { ...sourceBlock(from, new Map(cells)), single: false, partition: left.partition };
}

function sideTypes(rel: Rel, side: Side): readonly (readonly [string, Expr['type']])[] {
  return rel.columns.map(({ name, type }) => [`${side} ${name}`, type] as const);
}

/** Null keys are equal to each other, in every kind of join. */
function keyConditions(rel: Join, left: Block, right: Block, context: Context): readonly string[] {
  return rel.on.map(([ours, theirs]) => {
    const [one, other] = [emitExpr(ours, scopeOf(left, context)), emitExpr(theirs, scopeOf(right, context))];
    const isNullable = mayBeNull(ours.type) || mayBeNull(theirs.type);
    return isNullable ? `${one} is not distinct from ${other}` : `${one} = ${other}`;
  });
}

function partitionConditions(rel: Join, left: Block, right: Block): readonly string[] {
  if (right.partition.length === 0 && (left.partition.length === 0 || keepsOnlyLeft(rel.kind))) return [];
  if (right.partition.length !== left.partition.length || !keepsOnlyLeft(rel.kind)) {
    throw new Unsupported('this join within a sub-table', { start: 0, length: 0 });
  }
  return left.partition.map(
    (cell, index) => `${cell.sql} is not distinct from ${right.partition[index]?.sql ?? 'NULL'}`,
  );
}

/** Kinds whose rows each come from a row of the left side. */
function keepsOnlyLeft(kind: Join['kind']): boolean {
  return (
    kind === 'inner' || kind === 'innerunique' || kind === 'leftouter' || kind === 'leftsemi' || kind === 'leftanti'
  );
}

/** The default kind: of the left side's rows with the same keys, one takes part. Which one is not said. */
function distinctKeys(rel: Join, input: Block, context: Context): Block {
  const names = rel.on.flatMap(([ours]) => [...columnsIn(ours)]);
  const isReady = input.limit === null && !input.frozen && isAtomic(input, names);
  const block = unordered(sealIf(!isReady, unordered(input), context));
  const keys = rel.on.map(([ours]) => emitExpr(ours, scopeOf(block, context)));
  if (keys.length === 0) return seal(block, context);
  const by = [...keys, ...block.partition.map((cell) => cell.sql)];
  return seal(block, context, `distinct on (${by.join(', ')}) `);
}
