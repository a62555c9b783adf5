import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { RouterLink } from '../../components/RouterLink.tsx';
import type { AccountRecord } from './calls.ts';

const useStyles = makeStyles({
  name: { display: 'flex', flexDirection: 'column', minWidth: 0, overflowWrap: 'anywhere' },
  userName: { color: tokens.colorNeutralForeground2 },
});

/** The name, which leads to the account's page, and below it what it signs in with. */
export function AccountName({ account }: { account: AccountRecord }) {
  const styles = useStyles();
  const { _id, displayName, email, id } = account;
  const userName = email ?? id;
  return (
    <div className={styles.name}>
      <RouterLink to={`/accounts/${_id}`}>{displayName || userName}</RouterLink>
      {displayName !== '' && displayName !== userName && (
        <Text size={200} className={styles.userName}>
          {userName}
        </Text>
      )}
    </div>
  );
}
