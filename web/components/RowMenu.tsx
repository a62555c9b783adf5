import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import { MoreHorizontalRegular } from '@fluentui/react-icons';
import { may, useSession } from '../api/session.ts';
import { useTexts } from '../i18n/texts.ts';

export interface RowAction {
  readonly text: string;
  /** The permission that it takes; without one everybody who sees the row may. */
  readonly needs?: string;
  act(): void;
}

/** What can be done with a row. What the reader may not do stays there, disabled, with the permission behind it. */
export function RowMenu({ name, actions }: { name: string; actions: readonly RowAction[] }) {
  const t = useTexts('common');
  // Its entries open dialogs, and when these close the keyboard goes on at this row.
  const target = useRestoreFocusTarget();
  const session = useSession();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          {...target}
          appearance="subtle"
          icon={<MoreHorizontalRegular />}
          aria-label={t('list.actionsFor', { name })}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {actions.map(({ text, needs, act }) => {
            const isRefused = needs !== undefined && !may(session, needs);
            return (
              <MenuItem
                key={text}
                disabled={isRefused}
                {...(isRefused ? { secondaryContent: needs } : {})}
                onClick={act}
              >
                {text}
              </MenuItem>
            );
          })}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
