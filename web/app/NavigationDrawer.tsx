import { Button, Drawer, DrawerBody, DrawerHeader, DrawerHeaderTitle } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { useTexts } from '../i18n/texts.ts';
import { Navigation } from './Navigation.tsx';

interface NavigationDrawerProps {
  readonly open: boolean;
  onClose(): void;
}

/** The navigation on narrow screens: over the page, until one chose or had enough. */
export function NavigationDrawer({ open, onClose }: NavigationDrawerProps) {
  const t = useTexts('common');
  return (
    <Drawer type="overlay" open={open} onOpenChange={(_event, change) => !change.open && onClose()}>
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button appearance="subtle" icon={<DismissRegular />} aria-label={t('action.close')} onClick={onClose} />
          }
        >
          {t('frame.navigation')}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <Navigation />
      </DrawerBody>
    </Drawer>
  );
}
