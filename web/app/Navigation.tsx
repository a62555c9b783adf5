import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { useLinkProps, useLocation } from '@tanstack/react-router';
import { useId } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { type NavigationGroup, type NavigationItem, navigation } from './navigation.ts';

const useStyles = makeStyles({
  nav: { display: 'flex', flexDirection: 'column', gap: '12px', padding: '12px 8px 24px' },
  heading: { padding: '4px 12px', color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightSemibold },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  link: {
    display: 'block',
    padding: '6px 12px',
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
    ':hover': {
      backgroundColor: tokens.colorSubtleBackgroundHover,
      color: tokens.colorNeutralForeground1Hover,
      textDecorationLine: 'underline',
    },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  here: {
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    color: tokens.colorNeutralForeground1Selected,
    fontWeight: tokens.fontWeightSemibold,
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandStroke1}`,
  },
});

const targets = navigation.flatMap(({ items }) => items.map(({ to }) => to));

/** The entry that the present address belongs to: the longest that it begins with. */
function currentTarget(pathname: string): string | undefined {
  return targets
    .filter((to) => pathname === to || (to !== '/' && pathname.startsWith(`${to}/`)))
    .sort((left, right) => right.length - left.length)[0];
}

/** The portal's places, by group. */
export function Navigation() {
  const styles = useStyles();
  const t = useTexts('common');
  const here = currentTarget(useLocation().pathname);
  return (
    <nav className={styles.nav} aria-label={t('frame.navigation')}>
      {navigation.map((group) => (
        <Group key={group.key} group={group} here={here} />
      ))}
    </nav>
  );
}

function Group({ group, here }: { group: NavigationGroup; here: string | undefined }) {
  const styles = useStyles();
  const t = useTexts('common');
  const id = useId();
  return (
    <div>
      <Text as="h2" size={200} className={styles.heading} id={id} block>
        {t(group.text)}
      </Text>
      <ul className={styles.list} aria-labelledby={id}>
        {group.items.map((item) => (
          <li key={item.to}>
            <Entry item={item} isHere={item.to === here} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Entry({ item, isHere }: { item: NavigationItem; isHere: boolean }) {
  const styles = useStyles();
  const t = useTexts('common');
  const props = useLinkProps({ to: item.to, search: {} });
  return (
    <a
      {...(props as { href?: string })} // The props of an <a>.
      className={mergeClasses(styles.link, isHere && styles.here)}
      aria-current={isHere ? 'page' : undefined}
    >
      {t(item.text)}
    </a>
  );
}
