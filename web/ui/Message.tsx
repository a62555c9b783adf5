import {
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Text,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  state: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: '8px',
    padding: '32px 24px',
    borderRadius: tokens.borderRadiusLarge,
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground2,
    overflowWrap: 'anywhere',
  },
  detail: { color: tokens.colorNeutralForeground2, maxWidth: '75ch' },
  body: { whiteSpace: 'normal', overflowWrap: 'anywhere' },
});

interface StateProps {
  readonly title: string;
  /** Why, in a sentence or two. */
  readonly detail?: ReactNode;
  /** The next step. */
  readonly action?: ReactNode;
}

/** What stands where there is nothing (yet) to show: what that means and the next step. */
export function EmptyState({ title, detail, action }: StateProps) {
  const styles = useStyles();
  return (
    <div className={styles.state} role="status">
      <Text as="h2" size={400} weight="semibold" style={{ margin: 0 }}>
        {title}
      </Text>
      {detail !== undefined && <Text className={styles.detail}>{detail}</Text>}
      {action}
    </div>
  );
}

interface NoticeProps extends StateProps {
  readonly intent: 'info' | 'success' | 'warning' | 'error';
}

/** A message in the flow of a page. */
export function Notice({ intent, title, detail, action }: NoticeProps) {
  const styles = useStyles();
  return (
    <MessageBar intent={intent} layout="multiline">
      <MessageBarBody className={styles.body}>
        <MessageBarTitle>{title}</MessageBarTitle>
        {detail}
      </MessageBarBody>
      {action !== undefined && <MessageBarActions>{action}</MessageBarActions>}
    </MessageBar>
  );
}
