import { makeStyles, Text, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  person: { display: 'flex', flexDirection: 'column', minWidth: 0, overflowWrap: 'anywhere' },
  userName: { color: tokens.colorNeutralForeground2 },
});

/** A person as a list shows one: the name, and below it the user name that is unique. */
export function PersonName({ displayName, userName }: { displayName: string; userName: string }) {
  const styles = useStyles();
  return (
    <div className={styles.person}>
      <Text>{displayName}</Text>
      <Text size={200} className={styles.userName}>
        {userName}
      </Text>
    </div>
  );
}
