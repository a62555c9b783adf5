import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  list: { display: 'grid', gridTemplateColumns: 'minmax(120px, max-content) 1fr', gap: '8px 24px', margin: 0 },
  narrow: { '@media (max-width: 640px)': { gridTemplateColumns: '1fr', rowGap: '2px', marginTop: '-8px' } },
  // A value is nearer to its own name than to the next.
  term: {
    color: tokens.colorNeutralForeground2,
    '@media (max-width: 640px)': { marginTop: '8px' },
  },
  value: { margin: 0, overflowWrap: 'anywhere', minWidth: 0 },
});

/** Names and values of one thing. */
export function Definitions({ items }: { items: readonly (readonly [name: string, value: ReactNode])[] }) {
  const styles = useStyles();
  return (
    <dl className={`${styles.list} ${styles.narrow}`}>
      {items.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt className={styles.term}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
