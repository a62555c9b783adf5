import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { QuestionCircleRegular } from '@fluentui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { useTexts } from '../i18n/texts.ts';

/** The question mark: documentation, which access one needs, and what this server is. */
export function HelpMenu() {
  const t = useTexts('common');
  const navigate = useNavigate();
  const entries = [
    ['nav.api-documentation', '/help/api'],
    ['nav.which-access', '/which-access'],
    ['nav.about', '/help/about'],
  ] as const;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<QuestionCircleRegular />} aria-label={t('nav.help')} />
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
