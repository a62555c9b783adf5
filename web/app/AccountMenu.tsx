import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { call, managementPath } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { useTexts } from '../i18n/texts.ts';
import type { ClosedMenu } from './LazyMenu.tsx';

const PreferencesDialog = lazy(async () => ({ default: (await import('./PreferencesDialog.tsx')).PreferencesDialog }));

/** Who is signed in, and what that person can do about it: preferences, roles, signing out. */
export function AccountMenu({ label, icon }: ClosedMenu) {
  const t = useTexts('common');
  const { user } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isChoosing, setChoosing] = useState(false);
  const opener = useRestoreFocusTarget();
  const signOut = async () => {
    await call(managementPath('session'), { method: 'DELETE' }).catch(() => {}); // Signed out or over: both end here.
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <>
      <Menu defaultOpen>
        <MenuTrigger disableButtonEnhancement>
          <Button {...opener} appearance="subtle" aria-label={label} icon={icon} />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuGroup>
              <MenuGroupHeader>{user.userName}</MenuGroupHeader>
              <MenuItem onClick={() => void navigate({ to: '/account' })}>{t('nav.my-account')}</MenuItem>
              <MenuItem onClick={() => void navigate({ to: '/roles/mine' })}>{t('nav.my-roles')}</MenuItem>
              <MenuItem onClick={() => setChoosing(true)}>{t('preferences.title')}</MenuItem>
            </MenuGroup>
            <MenuDivider />
            <MenuItem onClick={() => void signOut()}>{t('frame.signOut')}</MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {isChoosing && (
        <Suspense>
          <PreferencesDialog onClose={() => setChoosing(false)} />
        </Suspense>
      )}
    </>
  );
}
