import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import type { IncidentAlert } from './calls.ts';
import { type FoundEntity, foundEntities } from './entities.ts';
import { type GraphEdge, type GraphNode, layOut, nodeHeight, nodeWidth } from './graph-layout.ts';
import { useWords } from './words.ts';

const useStyles = makeStyles({
  place: {
    overflowX: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    padding: '8px',
  },
  graph: { display: 'block', minWidth: '760px', width: '100%', height: 'auto', maxWidth: '1200px' },
  node: {
    cursor: 'pointer',
    outlineStyle: 'none',
    ':focus-visible rect': { stroke: tokens.colorStrokeFocus2, strokeWidth: '3px' },
  },
  box: { fill: tokens.colorNeutralBackground1, stroke: tokens.colorNeutralStroke1 },
  alert: { fill: tokens.colorNeutralBackground3 },
  bad: { stroke: tokens.colorPaletteRedBorder2, strokeWidth: '2px' },
  chosen: { stroke: tokens.colorBrandStroke1, strokeWidth: '3px' },
  kind: { fill: tokens.colorNeutralForeground2, fontSize: '11px' },
  name: { fill: tokens.colorNeutralForeground1, fontSize: '12px', fontWeight: 600 },
  edge: { fill: 'none', stroke: tokens.colorNeutralStroke1, strokeWidth: '1.5px' },
  near: { stroke: tokens.colorBrandStroke1, strokeWidth: '2.5px' },
  faded: { opacity: 0.35 },
  hint: { color: tokens.colorNeutralForeground2 },
});

/** Alerts and what they are about, as boxes with lines between. Choosing one shows what it is connected with. */
export function EntityGraph({ alerts }: { alerts: readonly IncidentAlert[] }) {
  const styles = useStyles();
  const t = useTexts('security');
  const entities = useMemo(() => foundEntities(alerts), [alerts]);
  const graph = useMemo(() => layOut(alerts, entities), [alerts, entities]);
  const [chosen, setChosen] = useState<string>();
  const near = nearOf(graph.edges, chosen);
  const isFaded = (id: string) => chosen !== undefined && !near.has(id);
  const toggle = (id: string) => setChosen((before) => (before === id ? undefined : id));
  return (
    <>
      <Text className={styles.hint}>
        {t('graph.hint')} {graph.leftOut > 0 && t('graph.leftOut', { count: graph.leftOut })}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable (WCAG 2.1.1) */}
      <section className={styles.place} tabIndex={0} aria-label={t('graph.title')}>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons inside of a drawing */}
        <svg
          className={styles.graph}
          viewBox={`0 0 ${graph.width} ${graph.height}`}
          role="group"
          aria-label={t('graph.label', { alerts: alerts.length, entities: entities.length })}
        >
          {graph.edges.map((edge) => (
            <path
              key={edge.id}
              d={lineOf(edge)}
              className={mergeClasses(
                styles.edge,
                edge.from.id === chosen || edge.to.id === chosen ? styles.near : chosen !== undefined && styles.faded,
              )}
            />
          ))}
          {graph.nodes.map((node) => (
            <Node
              key={node.id}
              node={node}
              isChosen={node.id === chosen}
              isFaded={isFaded(node.id)}
              onToggle={() => toggle(node.id)}
            />
          ))}
        </svg>
      </section>
      <Chosen id={chosen} alerts={alerts} entities={entities} />
    </>
  );
}

/** The node itself and what it has lines to. */
function nearOf(edges: readonly GraphEdge[], chosen: string | undefined): ReadonlySet<string> {
  const touching = edges.filter(({ from, to }) => from.id === chosen || to.id === chosen);
  return new Set([...touching.flatMap(({ from, to }) => [from.id, to.id]), ...(chosen === undefined ? [] : [chosen])]);
}

function lineOf({ from, to }: GraphEdge): string {
  const isLeft = to.x < from.x;
  const [startX, endX] = isLeft ? [from.x, to.x + nodeWidth] : [from.x + nodeWidth, to.x];
  const [startY, endY] = [from.y + nodeHeight / 2, to.y + nodeHeight / 2];
  const middle = (startX + endX) / 2;
  return `M ${startX} ${startY} C ${middle} ${startY}, ${middle} ${endY}, ${endX} ${endY}`;
}

interface NodeProps {
  readonly node: GraphNode;
  readonly isChosen: boolean;
  readonly isFaded: boolean;
  onToggle(): void;
}

function Node({ node, isChosen, isFaded, onToggle }: NodeProps) {
  const styles = useStyles();
  const t = useTexts('security');
  const words = useWords();
  const kind = node.kind === 'alert' ? t('graph.alert') : words.kind(node.kind);
  const isBad = node.verdict !== null && ['malicious', 'suspicious'].includes(node.verdict.toLowerCase());
  const caption = isBad ? `${kind} · ${words.verdict(node.verdict)}` : kind;
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onToggle();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons inside of a drawing
    <g
      className={mergeClasses(styles.node, isFaded && styles.faded)}
      role="button"
      tabIndex={0}
      aria-pressed={isChosen}
      onClick={onToggle}
      onKeyDown={press}
    >
      <title>{`${caption} ${node.name}`}</title>
      <rect
        x={node.x}
        y={node.y}
        width={nodeWidth}
        height={nodeHeight}
        rx={node.kind === 'alert' ? 4 : 22}
        className={mergeClasses(
          styles.box,
          node.kind === 'alert' && styles.alert,
          isBad && styles.bad,
          isChosen && styles.chosen,
        )}
      />
      <text x={node.x + 16} y={node.y + 16} className={styles.kind}>
        {caption}
      </text>
      <text x={node.x + 16} y={node.y + 33} className={styles.name}>
        {shortened(node.name)}
      </text>
    </g>
  );
}

/** What fits into a box; wide letters count twice. The whole name is in the title and in the list. */
function shortened(name: string): string {
  const roomMax = 26;
  let room = 0;
  let text = '';
  for (const letter of name) {
    room += /[\u1100-\uffdc]/.test(letter) ? 1.8 : 1;
    if (room > roomMax) return `${text.trimEnd()}…`;
    text += letter;
  }
  return text;
}

interface ChosenProps {
  readonly id: string | undefined;
  readonly alerts: readonly IncidentAlert[];
  readonly entities: readonly FoundEntity[];
}

/** What the chosen node is connected with, in words; screen readers hear it. */
function Chosen({ id, alerts, entities }: ChosenProps) {
  const t = useTexts('security');
  const words = useWords();
  const alert = alerts.find(({ alertId }) => alertId === id);
  const entity = entities.find(({ key }) => key === id);
  const titles = alerts.filter(({ alertId }) => entity?.alertIds.includes(alertId)).map(({ title }) => title);
  const about = entities.filter(({ alertIds }) => id !== undefined && alertIds.includes(id));
  const listed = about
    .slice(0, 30)
    .map(({ kind, name }) => `${words.kind(kind)} ${name}`)
    .join(', ');
  return (
    <Text role="status" style={{ overflowWrap: 'anywhere' }}>
      {alert && t('graph.alertAbout', { title: alert.title, entities: listed })}
      {entity && t('graph.entityIn', { name: entity.name, alerts: [...new Set(titles)].join(', ') })}
    </Text>
  );
}
