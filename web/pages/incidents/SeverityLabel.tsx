import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useWords } from './words.ts';

const useStyles = makeStyles({
  label: { display: 'inline-flex', alignItems: 'center', gap: '8px', whiteSpace: 'nowrap' },
  mark: { width: '6px', height: '16px', borderRadius: '2px', backgroundColor: tokens.colorNeutralStroke1 },
  high: { backgroundColor: tokens.colorPaletteRedBackground3 },
  medium: { backgroundColor: tokens.colorPaletteDarkOrangeBackground3 },
  low: { backgroundColor: tokens.colorPaletteYellowBackground3 },
});

/** A severity in words, with a mark for those who look for colours. */
export function SeverityLabel({ severity }: { severity: string }) {
  const styles = useStyles();
  const words = useWords();
  const folded = severity.toLowerCase();
  const colour =
    folded === 'high' ? styles.high : folded === 'medium' ? styles.medium : folded === 'low' ? styles.low : undefined;
  return (
    <span className={styles.label}>
      <span className={mergeClasses(styles.mark, colour)} aria-hidden="true" />
      {words.severity(severity)}
    </span>
  );
}
