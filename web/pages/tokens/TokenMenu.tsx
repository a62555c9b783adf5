import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import { ArrowSyncRegular, DeleteRegular, InfoRegular, MoreHorizontalRegular } from '@fluentui/react-icons';
import { may, useSession } from '../../api/session.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Token } from './calls.ts';

export type TokenVerb = 'details' | 'rotate' | 'revoke';

interface TokenMenuProps {
  readonly token: Token;
  readonly isOwn: boolean;
  act(verb: TokenVerb, token: Token): void;
}

/** What can be done with a token. Whoever sees one may revoke it; to rotate it one has to be its owner. */
export function TokenMenu({ token, isOwn, act }: TokenMenuProps) {
  const t = useTexts('tokens');
  const common = useTexts('common');
  // Its entries open dialogs, and when these close the keyboard goes on at this row.
  const target = useRestoreFocusTarget();
  const mayUse = may(useSession(), 'ApiTokens.use');
  const rotate = (
    <MenuItem icon={<ArrowSyncRegular />} disabled={!isOwn || !mayUse} onClick={() => act('rotate', token)}>
      {t('rotate.action')}
    </MenuItem>
  );
  const whyNot = isOwn ? common('state.forbiddenDetail', { permissions: 'ApiTokens.use' }) : t('rotate.notOwner');
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          {...target}
          appearance="subtle"
          icon={<MoreHorizontalRegular />}
          aria-label={t('more.label', { name: token.name })}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem icon={<InfoRegular />} onClick={() => act('details', token)}>
            {t('more.details')}
          </MenuItem>
          {isOwn && mayUse ? (
            rotate
          ) : (
            <Tooltip relationship="description" content={whyNot}>
              {rotate}
            </Tooltip>
          )}
          <MenuItem icon={<DeleteRegular />} onClick={() => act('revoke', token)}>
            {t('revoke.action')}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
