import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useLinkProps, useLocation } from '@tanstack/react-router';

const useStyles = makeStyles({
  tabs: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: '4px 16px',
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  tab: {
    display: 'block',
    padding: '8px 4px',
    marginBottom: '-1px',
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    fontSize: tokens.fontSizeBase300,
    borderBottom: '3px solid transparent',
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  here: {
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
    borderBottomColor: tokens.colorBrandStroke1,
  },
});

interface LinkTab {
  readonly text: string;
  /** Path below /portal. */
  readonly to: string;
  /** What stays in the address from one tab to the next. */
  readonly search?: Readonly<Record<string, string>>;
}

/** Pages that belong together, beside each other. They are links and said to be: each is an address of its own. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  const styles = useStyles();
  return (
    <nav aria-label={label}>
      <ul className={styles.tabs}>
        {tabs.map((tab) => (
          <li key={tab.to}>
            <Tab {...tab} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Tab({ text, to, search = {} }: LinkTab) {
  const styles = useStyles();
  const { pathname } = useLocation();
  const isHere = pathname === to;
  const props = useLinkProps({ to, search });
  return (
    <a
      {...(props as { href?: string })} // The props of an <a>.
      className={mergeClasses(styles.tab, isHere && styles.here)}
      aria-current={isHere ? 'page' : undefined}
    >
      {text}
    </a>
  );
}
