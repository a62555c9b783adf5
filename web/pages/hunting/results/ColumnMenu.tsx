import { Button, Menu, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { TableSettingsRegular } from '@fluentui/react-icons';
import { useTexts } from '../../../i18n/texts.ts';
import type { ResultColumn } from './answer.ts';

interface ColumnMenuProps {
  readonly columns: readonly ResultColumn[];
  readonly hidden: ReadonlySet<string>;
  onChange(hidden: ReadonlySet<string>): void;
}

/** Which columns of the answer are shown and exported. */
export function ColumnMenu({ columns, hidden, onChange }: ColumnMenuProps) {
  const t = useTexts('hunting');
  const names = columns.map(({ name }) => name);
  return (
    <Menu
      checkedValues={{ shown: names.filter((name) => !hidden.has(name)) }}
      onCheckedValueChange={(_event, { checkedItems }) =>
        onChange(new Set(names.filter((name) => !checkedItems.includes(name))))
      }
    >
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<TableSettingsRegular />}>{t('results.columns')}</Button>
      </MenuTrigger>
      <MenuPopover style={{ maxHeight: '60vh', overflowY: 'auto' }}>
        <MenuList>
          {names.map((name) => (
            <MenuItemCheckbox key={name} name="shown" value={name}>
              {name}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
