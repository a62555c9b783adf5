import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useFormat } from '../i18n/format.ts';
import { useTexts } from '../i18n/texts.ts';

const useStyles = makeStyles({
  foot: { display: 'flex', flexWrap: 'wrap', gap: '8px 16px', alignItems: 'center' },
  count: { color: tokens.colorNeutralForeground2 },
});

interface SpanPagerProps {
  /** Rows before those that are shown. */
  readonly skip: number;
  /** Rows that are shown. */
  readonly shown: number;
  readonly total: number;
  readonly pageRows: number;
  turnTo(skip: number): void;
}

/** Which rows are shown, and the pages beside them, for lists whose place is not in the address. */
export function SpanPager({ skip, shown, total, pageRows, turnTo }: SpanPagerProps) {
  const styles = useStyles();
  const t = useTexts('common');
  const { number } = useFormat();
  return (
    <nav className={styles.foot} aria-label={t('list.pages')}>
      <Text className={styles.count} role="status">
        {t('list.range', { first: number(skip + 1), last: number(skip + shown), total: number(total) })}
      </Text>
      <Button size="small" disabled={skip === 0} onClick={() => turnTo(Math.max(0, skip - pageRows))}>
        {t('list.previous')}
      </Button>
      <Button size="small" disabled={skip + pageRows >= total} onClick={() => turnTo(skip + pageRows)}>
        {t('list.next')}
      </Button>
    </nav>
  );
}
