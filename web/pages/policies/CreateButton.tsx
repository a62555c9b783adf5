import { Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { manageOf } from './calls.ts';

const made = ['AUDIT', 'NEW_SERVICE'] as const;
const permissions = made.map(manageOf);

/** Asks which type the new policy is to be of. What a role may not make stays in the menu, with the permission behind it. */
export function CreateButton() {
  const t = useTexts('policies');
  const session = useSession();
  const navigate = useNavigate();
  const button = (
    <PermittedButton any={permissions} appearance="primary" icon={<AddRegular />}>
      {t('act.create')}
    </PermittedButton>
  );
  if (!may(session, ...permissions)) return button;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>{button}</MenuTrigger>
      <MenuPopover>
        <MenuList>
          {made.map((type) => {
            const isRefused = !may(session, manageOf(type));
            return (
              <MenuItem
                key={type}
                disabled={isRefused}
                {...(isRefused ? { secondaryContent: manageOf(type) } : {})}
                // The router's types know only searches that were declared.
                onClick={() => void navigate({ to: '/policies/new', search: { type } } as never)}
              >
                {t(`type.${type}`)}
              </MenuItem>
            );
          })}
          <MenuItem onClick={() => void navigate({ to: '/policies/templates' })}>{t('tabs.templates')}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
