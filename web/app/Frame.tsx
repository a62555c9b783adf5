import { Button, makeStyles, Text, tokens, useRestoreFocusTarget } from '@fluentui/react-components';
import { NavigationRegular, PersonRegular, QuestionCircleRegular } from '@fluentui/react-icons';
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useSession } from '../api/session.ts';
import { LoadingPage } from '../components/states.tsx';
import { useTexts } from '../i18n/texts.ts';
import { useMedia } from '../ui/media.ts';
import { LazyMenu } from './LazyMenu.tsx';
import { Navigation } from './Navigation.tsx';

const AccountMenu = lazy(async () => ({ default: (await import('./AccountMenu.tsx')).AccountMenu }));
const HelpMenu = lazy(async () => ({ default: (await import('./HelpMenu.tsx')).HelpMenu }));
const NavigationDrawer = lazy(async () => ({ default: (await import('./NavigationDrawer.tsx')).NavigationDrawer }));

const useStyles = makeStyles({
  frame: { display: 'flex', flexDirection: 'column', minHeight: '100vh' },
  top: {
    position: 'sticky',
    top: 0,
    zIndex: 2,
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    padding: '6px 16px',
    minHeight: '36px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  name: { fontWeight: tokens.fontWeightSemibold, fontSize: tokens.fontSizeBase400 },
  tenant: {
    color: tokens.colorNeutralForeground2,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    minWidth: 0,
    '@media (max-width: 480px)': { display: 'none' },
  },
  menus: { marginLeft: 'auto', display: 'flex', gap: '4px', flexShrink: 0 },
  below: { display: 'flex', flex: 1, minWidth: 0 },
  side: {
    width: '248px',
    flexShrink: 0,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    position: 'sticky',
    top: '49px',
    alignSelf: 'flex-start',
    height: 'calc(100vh - 49px)',
    overflowY: 'auto',
  },
  main: { flex: 1, minWidth: 0, padding: '24px', maxWidth: '1680px', '@media (max-width: 640px)': { padding: '16px' } },
  skip: { position: 'absolute', left: '-9999px', ':focus': { position: 'static' } },
});

/** What surrounds every page of a signed-in person: name, tenant, menus, navigation. */
export function Frame() {
  const styles = useStyles();
  const t = useTexts('common');
  const { tenant, user } = useSession();
  const isWide = useMedia('(min-width: 1024px)');
  const { pathname } = useLocation();
  // Used on wide screens too: what keeps the keyboard inside of dialogs ends with its last user, and when that is a dialog
  // the page below stays hidden from screen readers.
  const opener = useRestoreFocusTarget();
  const main = useFocusOnNewPage(pathname);
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        {t('frame.skip')}
      </a>
      <header className={styles.top}>
        {!isWide && <NarrowNavigation pathname={pathname} opener={opener} />}
        <span className={styles.name}>Sallyport</span>
        <Text className={styles.tenant}>{tenant.displayName}</Text>
        <div className={styles.menus}>
          <LazyMenu label={t('nav.help')} icon={<QuestionCircleRegular />} menu={HelpMenu} />
          <LazyMenu
            label={t('frame.account', { name: user.displayName })}
            icon={<PersonRegular />}
            menu={AccountMenu}
          />
        </div>
      </header>
      <div className={styles.below}>
        {isWide && (
          <div className={styles.side}>
            <Navigation />
          </div>
        )}
        <main className={styles.main} id="main" tabIndex={-1} ref={main}>
          <Suspense fallback={<LoadingPage />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}

interface NarrowNavigationProps {
  readonly pathname: string;
  /** Makes the button the place that the keyboard comes back to. */
  readonly opener: ReturnType<typeof useRestoreFocusTarget>;
}

/** The button of the navigation, which is loaded when it is first opened. */
function NarrowNavigation({ pathname, opener }: NarrowNavigationProps) {
  const t = useTexts('common');
  const [isAsked, setAsked] = useState(false);
  const [isOpen, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever went to another page has chosen
  useEffect(() => setOpen(false), [pathname]);
  const open = () => {
    setAsked(true);
    setOpen(true);
  };
  return (
    <>
      <Button
        {...opener}
        appearance="subtle"
        icon={<NavigationRegular />}
        aria-label={t('frame.navigation')}
        onClick={open}
      />
      {isAsked && (
        <Suspense>
          <NavigationDrawer open={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** On another page the keyboard and screen readers begin at its content, as they would after a real load. */
function useFocusOnNewPage(pathname: string) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== pathname) main.current?.focus({ preventScroll: false });
    before.current = pathname;
  }, [pathname]);
  return main;
}
