// Where the nodes of an incident's graph stand: alerts in the middle, people and mailboxes on their left, everything else on
// their right. Bounded; what found no room is counted, and stands in the list beside the graph.
import type { EntityKind, FoundEntity } from './entities.ts';

export interface GraphNode {
  readonly id: string;
  /** `alert`, or what kind of thing it is. */
  readonly kind: EntityKind | 'alert';
  readonly name: string;
  readonly verdict: string | null;
  readonly x: number;
  readonly y: number;
}

export interface GraphEdge {
  readonly id: string;
  /** An alert, and a thing that it is about. */
  readonly from: GraphNode;
  readonly to: GraphNode;
}

interface Graph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly leftOut: number;
}

interface GraphAlert {
  readonly alertId: string;
  readonly title: string;
}

export const nodeWidth = 240;
export const nodeHeight = 44;
const gapX = 120;
const gapY = 12;
const margin = 4;
/** Nodes in a column: more is no picture any more. */
export const columnMax = 14;

const leftKinds: readonly EntityKind[] = ['user', 'mailbox', 'group'];

type Placed = Omit<GraphNode, 'x' | 'y'> & { readonly alertIds: readonly string[] };

/** Things stand beside the alerts that they are in, so that few lines cross. */
export function layOut(alerts: readonly GraphAlert[], entities: readonly FoundEntity[]): Graph {
  const shownAlerts = alerts.slice(0, columnMax);
  const middle = shownAlerts.map(
    ({ alertId, title }): Placed => ({ id: alertId, kind: 'alert', name: title, verdict: null, alertIds: [alertId] }),
  );
  const place = new Map(shownAlerts.map(({ alertId }, index) => [alertId, index]));
  const left = column(
    entities.filter(({ kind }) => leftKinds.includes(kind)),
    place,
  );
  const right = column(
    entities.filter(({ kind }) => !leftKinds.includes(kind)),
    place,
  );
  const rows = Math.max(left.length, middle.length, right.length, 1);
  const height = rows * (nodeHeight + gapY) - gapY + 2 * margin;
  const columns = [left, middle, right].map((of, index) => stand(of, index, height));
  const nodes = columns.flat();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = [...left, ...right].flatMap(({ id, alertIds }) =>
    alertIds.flatMap((alertId): GraphEdge[] => {
      const [from, to] = [byId.get(alertId), byId.get(id)];
      return from && to ? [{ id: `${alertId} ${id}`, from, to }] : [];
    }),
  );
  const leftOut = alerts.length - middle.length + entities.length - left.length - right.length;
  return { width: 3 * nodeWidth + 2 * gapX + 2 * margin, height, nodes, edges, leftOut };
}

/** Those in most alerts; suspicious ones before others. */
function column(entities: readonly FoundEntity[], place: ReadonlyMap<string, number>): Placed[] {
  const weight = ({ verdict, alertIds }: FoundEntity) => alertIds.length + (isBad(verdict) ? 1000 : 0);
  const middleOf = ({ alertIds }: Placed) => {
    const places = alertIds.flatMap((alertId) => place.get(alertId) ?? []);
    return places.length === 0 ? place.size : places.reduce((sum, each) => sum + each, 0) / places.length;
  };
  return [...entities]
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, columnMax)
    .map(({ key, kind, name, verdict, alertIds }): Placed => ({ id: key, kind, name, verdict, alertIds }))
    .sort((one, other) => middleOf(one) - middleOf(other));
}

function isBad(verdict: string | null): boolean {
  return verdict !== null && ['malicious', 'suspicious'].includes(verdict.toLowerCase());
}

function stand(column: readonly Placed[], index: number, height: number): GraphNode[] {
  const used = column.length * (nodeHeight + gapY) - gapY;
  const top = (height - used) / 2;
  return column.map(({ alertIds: _alertIds, ...node }, row) => ({
    ...node,
    x: margin + index * (nodeWidth + gapX),
    y: top + row * (nodeHeight + gapY),
  }));
}
