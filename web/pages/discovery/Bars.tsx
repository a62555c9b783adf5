import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  bars: { display: 'flex', flexDirection: 'column', gap: '8px', margin: 0, padding: 0, listStyleType: 'none' },
  words: { display: 'flex', justifyContent: 'space-between', gap: '12px', overflowWrap: 'anywhere' },
  track: { height: '8px', borderRadius: '4px', backgroundColor: tokens.colorNeutralBackground5 },
  bar: {
    display: 'block',
    height: '8px',
    borderRadius: '4px',
    backgroundColor: tokens.colorBrandBackground,
    // Where colours are forced, a bar without a border would not be seen.
    '@media (forced-colors: active)': { backgroundColor: 'Highlight', forcedColorAdjust: 'none' },
  },
  tiles: {
    display: 'grid',
    gap: '12px',
    margin: 0,
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 150px), 1fr))',
  },
  tile: {
    display: 'flex',
    flexDirection: 'column-reverse',
    justifyContent: 'flex-end',
    padding: '12px 16px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  term: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, fontSize: tokens.fontSizeBase600, lineHeight: tokens.lineHeightBase600, fontWeight: 600 },
});

interface Bar {
  readonly key: string;
  readonly name: ReactNode;
  /** The amount for people. */
  readonly text: string;
  readonly amount: number;
}

/** Amounts to compare at a glance; they stand there in words as well. */
export function Bars({ items }: { items: readonly Bar[] }) {
  const styles = useStyles();
  const most = Math.max(1, ...items.map(({ amount }) => amount));
  return (
    <ul className={styles.bars}>
      {items.map(({ key, name, text, amount }) => (
        <li key={key}>
          <div className={styles.words}>
            <span>{name}</span>
            <span>{text}</span>
          </div>
          <div className={styles.track} aria-hidden="true">
            <span className={styles.bar} style={{ width: `${(100 * amount) / most}%` }} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** A few figures that matter most. */
export function Tiles({ items }: { items: readonly (readonly [name: string, value: string])[] }) {
  const styles = useStyles();
  return (
    <dl className={styles.tiles}>
      {items.map(([name, value]) => (
        <div key={name} className={styles.tile}>
          <dt className={styles.term}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
