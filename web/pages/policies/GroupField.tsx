import { Button, Combobox, Field, makeStyles, Option } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { useTexts } from '../../i18n/texts.ts';
import { groupQuery, groupsQuery } from './groups.ts';

const useStyles = makeStyles({
  chosen: { display: 'flex', flexWrap: 'wrap', gap: '8px', listStyleType: 'none', margin: '8px 0 0', padding: 0 },
  name: { overflowWrap: 'anywhere', maxWidth: '100%' },
  box: { minWidth: 0, width: '100%' },
});

interface GroupFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly fault: string | undefined;
  /** Ids of the groups that are chosen. */
  readonly ids: readonly string[];
  onChange(ids: readonly string[]): void;
}

const permissions = ['Users.read', 'Groups.manage'] as const;
const typingMs = 300;

/** User groups, searched by name on the server. Without the permission to read groups those that are chosen stay. */
export function GroupField({ label, hint, fault, ids, onChange }: GroupFieldProps) {
  const styles = useStyles();
  const t = useTexts('policies');
  const common = useTexts('common');
  const isAllowed = may(useSession(), ...permissions);
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const waiting = setTimeout(() => setSearch(typed.trim()), typingMs);
    return () => clearTimeout(waiting);
  }, [typed]);
  const found = useQuery({ ...groupsQuery(search), enabled: isAllowed });
  const names = useQueries({ queries: ids.map((id) => ({ ...groupQuery(id), enabled: isAllowed })) });
  const groups = found.data?.items ?? [];
  const why = isAllowed ? hint : common('state.forbiddenDetail', { permissions: permissions.join(', ') });
  return (
    <div>
      <Field label={label} hint={why} {...(fault === undefined ? {} : { validationMessage: fault })}>
        <Combobox
          className={styles.box}
          multiselect
          freeform
          disabled={!isAllowed}
          value={typed}
          selectedOptions={[...ids]}
          onChange={({ target }) => setTyped(target.value)}
          onOptionSelect={(_event, { selectedOptions }) => {
            onChange(selectedOptions);
            setTyped('');
          }}
        >
          {groups.map(({ id, name }) => (
            <Option key={id} value={id} text={name}>
              {name}
            </Option>
          ))}
          {groups.length === 0 && (
            <Option key="none" value="" text={t('form.noGroups')} disabled>
              {t('form.noGroups')}
            </Option>
          )}
        </Combobox>
      </Field>
      {ids.length > 0 && (
        <ul className={styles.chosen} aria-label={label}>
          {ids.map((id, index) => {
            const name = names[index]?.data?.name ?? id;
            return (
              <li key={id}>
                <Button
                  size="small"
                  className={styles.name}
                  icon={<DismissRegular />}
                  iconPosition="after"
                  aria-label={t('form.remove', { name })}
                  onClick={() => onChange(ids.filter((each) => each !== id))}
                >
                  {name}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
