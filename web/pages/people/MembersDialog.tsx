import { Field, Input, makeStyles, Spinner, Text } from '@fluentui/react-components';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { DetailsFrame } from '../../components/DetailsFrame.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { SpanPager } from '../../components/SpanPager.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { addMember, type Group, groupsKey, removeMember, showGroup } from './group-calls.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'flex-end' },
  name: { flex: '1 1 220px', minWidth: 0 },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '4px' },
  row: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center', justifyContent: 'space-between' },
  userName: { overflowWrap: 'anywhere', minWidth: 0 },
});

const pageRows = 25;
const managing = ['Groups.manage'];

interface MembersDialogProps {
  readonly group: Group;
  onChanged(): void;
  onClose(): void;
}

/** Who belongs to a group: read a page at a time, added by user name, taken out again. */
export function MembersDialog({ group, onChanged, onClose }: MembersDialogProps) {
  const styles = useStyles();
  const t = useTexts('people');
  const common = useTexts('common');
  const [skip, setSkip] = useState(0);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...groupsKey, group.id, skip],
    queryFn: ({ signal }) => showGroup(group.id, skip, pageRows, signal),
    placeholderData: keepPreviousData,
  });
  const remove = useAct(async (userName: string) => {
    await removeMember(group.id, userName);
    onChanged();
  });
  return (
    <DetailsFrame title={group.name} onClose={onClose}>
      <AddForm group={group} onChanged={onChanged} />
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {remove.error !== undefined && <ProblemNotice error={remove.error} />}
      {isPending && <Spinner label={common('state.loading')} />}
      {data && data.memberCount === 0 && <Text>{t('groups.nobody')}</Text>}
      <ul className={styles.list} aria-label={t('groups.members')}>
        {data?.members.map((userName) => (
          <li key={userName} className={styles.row}>
            <span className={styles.userName}>{userName}</span>
            <PermittedButton
              any={managing}
              size="small"
              disabled={remove.isBusy}
              aria-label={`${t('groups.takeOut')}: ${userName}`}
              onClick={() => void remove.run(userName)}
            >
              {t('groups.takeOut')}
            </PermittedButton>
          </li>
        ))}
      </ul>
      {data && data.memberCount > pageRows && (
        <SpanPager {...{ skip, pageRows }} shown={data.members.length} total={data.memberCount} turnTo={setSkip} />
      )}
    </DetailsFrame>
  );
}

function AddForm({ group, onChanged }: Pick<MembersDialogProps, 'group' | 'onChanged'>) {
  const styles = useStyles();
  const t = useTexts('people');
  const common = useTexts('common');
  const [userName, setUserName] = useState('');
  const add = useAct(async () => {
    await addMember(group.id, userName.trim());
    setUserName('');
    onChanged();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (userName.trim() !== '') void add.run(undefined);
  };
  return (
    <>
      {add.error !== undefined && <ProblemNotice error={add.error} />}
      <form className={styles.form} onSubmit={submit}>
        <Field className={styles.name} label={t('groups.userName')}>
          <Input
            value={userName}
            maxLength={200}
            autoComplete="off"
            onChange={(_event, { value }) => setUserName(value)}
          />
        </Field>
        <PermittedButton any={managing} type="submit" disabled={add.isBusy}>
          {common('action.add')}
        </PermittedButton>
      </form>
    </>
  );
}
