// Common table expressions.
import { type Block, type Cell, cellsOf, seal, sourceBlock } from './block.ts';
import type { Context } from './context.ts';

/**
 * A block under a name that every use reads from; each use is a block of its own over a fresh alias. `once` asks the engine
 * to evaluate it once; else it may choose, which is faster where a use needs few of the rows.
 */
export function shareBlock(name: string, block: Block, once: boolean, context: Context): () => Block {
  const sealed = seal(block, context);
  const text = sealed.wraps?.sql ?? '';
  const columns = sealed.wraps?.columns ?? [];
  context.clauses.push(context.sql.clause(name, text, once));
  return () => {
    const alias = context.alias();
    const all = cellsOf(alias, columns);
    // A sealed cell is `alias.name`; the same name under the new alias.
    const moved = (cell: Cell): Cell => ({ sql: `${alias}${cell.sql.slice(cell.sql.indexOf('.'))}`, atomic: true });
    const cells = [...sealed.cells.keys()].flatMap((key) => {
      const cell = all.get(key);
      return cell ? [[key, cell] as const] : [];
    });
    return {
      ...sourceBlock(`${name} as ${alias}`, new Map(cells)),
      order: sealed.order.map((key) => ({ ...key, cell: moved(key.cell) })),
      total: sealed.total,
      partition: sealed.partition.map(moved),
    };
  };
}
