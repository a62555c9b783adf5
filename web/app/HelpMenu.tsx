import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useTexts } from '../i18n/texts.ts';
import type { ClosedMenu } from './LazyMenu.tsx';

/** The question mark: documentation, which access one needs, and what this server is. */
export function HelpMenu({ label, icon }: ClosedMenu) {
  const t = useTexts('common');
  const navigate = useNavigate();
  const entries = [
    ['nav.api-documentation', '/help/api'],
    ['nav.which-access', '/which-access'],
    ['nav.about', '/help/about'],
  ] as const;
  return (
    <Menu defaultOpen>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={icon} aria-label={label} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {entries.map(([text, to]) => (
            <MenuItem key={to} onClick={() => void navigate({ to })}>
              {t(text)}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
