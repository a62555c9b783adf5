import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { usePermissionWords } from '../../i18n/permission-words.ts';

const useStyles = makeStyles({
  words: { display: 'flex', flexDirection: 'column', minWidth: 0, overflowWrap: 'anywhere' },
  about: { color: tokens.colorNeutralForeground2 },
});

interface PermissionWordsProps {
  /** As the API spells it. */
  readonly value: string;
  /** The publisher's own words, for permissions that are none of ours. */
  readonly fallback: string;
}

/** A permission in words: what it is called, what it opens, and its name. */
export function PermissionWords({ value, fallback }: PermissionWordsProps) {
  const styles = useStyles();
  const words = usePermissionWords()(value);
  return (
    <div className={styles.words}>
      <Text weight="semibold">{words?.name ?? fallback}</Text>
      <Text size={200}>{value}</Text>
      {words && (
        <Text size={200} className={styles.about}>
          {words.about}
        </Text>
      )}
    </div>
  );
}
