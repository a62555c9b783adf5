import { Combobox, Field, Option, OptionGroup } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { User } from '../../../src/apis/management/directory-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { may, useSession } from '../../api/session.ts';
import type { ListState } from '../../components/list-state.ts';
import { useTexts } from '../../i18n/texts.ts';

type Person = Type.Static<typeof User>;

const shownMax = 20;

/** People whose names have this text, for those who may read users; others type names. */
function usePeople(typed: string): readonly Person[] {
  const isAllowed = may(useSession(), 'Users.read');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const waiting = setTimeout(() => setSearch(typed.trim().slice(0, 200)), 300);
    return () => clearTimeout(waiting);
  }, [typed]);
  const { data } = useQuery({
    queryKey: ['users', 'named', search],
    queryFn: async ({ signal }) =>
      await call<{ items: Person[] }>(managementPath('users'), {
        signal,
        query: { search, limit: shownMax, status: 'enabled', sort: 'userName', direction: 'asc' },
      }),
    enabled: isAllowed,
  });
  return data?.items ?? [];
}

/** Who looks after it: a name of the directory, or any other. The field's name is `assignedTo`; empty is nobody. */
export function AssigneeField({ assignedTo }: { assignedTo: string | null }) {
  const t = useTexts('security');
  const { user } = useSession();
  const [typed, setTyped] = useState(assignedTo ?? '');
  const people = usePeople(typed === assignedTo ? '' : typed);
  return (
    <Field label={t('incident.assignedTo')} hint={t('assign.hint')}>
      <Combobox
        freeform
        name="assignedTo"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onOptionSelect={(_event, { optionText }) => setTyped(optionText ?? '')}
      >
        <Option text={user.userName}>{t('assign.me', { name: user.userName })}</Option>
        <OptionGroup label={t('assign.others')}>
          {people
            .filter(({ userName }) => userName !== user.userName)
            .map(({ id, userName, displayName }) => (
              <Option key={id} text={userName}>
                {`${displayName} (${userName})`}
              </Option>
            ))}
        </OptionGroup>
      </Combobox>
    </Field>
  );
}

/** The filter `assigned` of a list: me, nobody, or somebody by name. */
export function AssigneeFilter({ state }: { state: ListState }) {
  const t = useTexts('security');
  const common = useTexts('common');
  const { user } = useSession();
  const { assigned = '' } = state.filters;
  const shown =
    assigned === ''
      ? common('list.all')
      : assigned === 'me'
        ? t('assign.toMe')
        : assigned === 'nobody'
          ? t('assign.nobody')
          : assigned;
  const [typed, setTyped] = useState<string>();
  const people = usePeople(typed ?? '');
  return (
    <Field label={t('incident.assignedTo')}>
      <Combobox
        value={typed ?? shown}
        selectedOptions={[assigned]}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setTyped(undefined)}
        onOptionSelect={(_event, { optionValue = '' }) => {
          setTyped(undefined);
          state.change({ assigned: optionValue });
        }}
      >
        <Option value="" text={common('list.all')}>
          {common('list.all')}
        </Option>
        <Option value="me" text={t('assign.toMe')}>
          {t('assign.toMe')}
        </Option>
        <Option value="nobody" text={t('assign.nobody')}>
          {t('assign.nobody')}
        </Option>
        {people
          .filter(({ userName }) => userName !== user.userName)
          .map(({ id, userName }) => (
            <Option key={id} value={userName} text={userName}>
              {userName}
            </Option>
          ))}
      </Combobox>
    </Field>
  );
}
