import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useEffect } from 'react';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: '20px', minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', justifyContent: 'space-between', gap: '12px' },
  words: { display: 'flex', flexDirection: 'column', gap: '4px', minWidth: 0, flex: '1 1 280px' },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero700,
    fontWeight: tokens.fontWeightSemibold,
    overflowWrap: 'anywhere',
  },
  lead: { color: tokens.colorNeutralForeground2, maxWidth: '75ch', overflowWrap: 'anywhere' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

interface PageProps {
  readonly title: string;
  /** One or two sentences: what this page is for. */
  readonly lead?: ReactNode;
  /** Buttons for what can be done here. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** A page: its heading, what it is for, what can be done, and then its content. Sets the window's title. */
export function Page({ title, lead, actions, children }: PageProps) {
  const styles = useStyles();
  useEffect(() => {
    document.title = `${title} · Sallyport`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.words}>
          <h1 className={styles.title}>{title}</h1>
          {lead !== undefined && <Text className={styles.lead}>{lead}</Text>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children?: ReactNode }) {
  const styles = useStyles();
  return (
    <section className={styles.page}>
      <div className={styles.head}>
        <Text as="h2" size={500} weight="semibold" style={{ margin: 0 }}>
          {title}
        </Text>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
