import { Button, Field, Input } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { type Application, addOwner, applicationQuery, removeOwner } from './calls.ts';

type Owner = Application['owners'][number];

/** Who may change the registration besides application administrators. */
export function OwnersSection({ application }: { application: Application }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const changed = () => queries.invalidateQueries({ queryKey: applicationQuery(application.id).queryKey });
  const remove = useAct(async ({ id }: Owner) => {
    await removeOwner(application.id, id);
    await changed();
  });
  const add = async ({ user = '' }: Readonly<Record<string, string>>) => {
    await addOwner(application.id, user.trim());
    await changed();
  };
  return (
    <Section
      title={t('owners.title')}
      actions={
        <Button icon={<AddRegular />} onClick={() => setAdding(true)}>
          {t('owners.add')}
        </Button>
      }
    >
      {remove.error !== undefined && <ProblemNotice error={remove.error} />}
      {application.owners.length === 0 ? (
        <EmptyState title={t('owners.empty')} detail={t('owners.emptyDetail')} />
      ) : (
        <DataTable
          label={t('owners.title')}
          rows={application.owners}
          rowKey={({ id }) => id}
          columns={[
            { id: 'user', header: t('owners.user'), cell: ({ userName }) => userName },
            {
              id: 'actions',
              header: common('list.actions'),
              cell: (owner) => (
                <Button size="small" disabled={remove.isBusy} onClick={() => void remove.run(owner)}>
                  {t('remove')}
                </Button>
              ),
            },
          ]}
        />
      )}
      {isAdding && (
        <FormDialog
          title={t('owners.add')}
          submitText={common('action.add')}
          onSubmit={add}
          onClose={() => setAdding(false)}
        >
          <Field label={t('owners.user')} required>
            <Input name="user" maxLength={200} autoComplete="off" />
          </Field>
        </FormDialog>
      )}
    </Section>
  );
}
