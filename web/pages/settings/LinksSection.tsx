import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { PersonName } from '../../components/PersonName.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { type Link, linksKey, listLinks, unlink } from './calls.ts';

/** Who signs in through the provider. */
export function LinksSection() {
  const t = useTexts('settings');
  const queries = useQueryClient();
  const state = useListState({ sort: 'lastSignInAt', direction: 'desc' });
  const [removing, setRemoving] = useState<Link>();
  return (
    <Section title={t('links.title')}>
      <ServerTable
        label={t('links.title')}
        queryKey={linksKey}
        load={listLinks}
        state={state}
        columns={useColumns(setRemoving)}
        rowKey={({ user }) => user.id}
        exportName="sign-in-links"
        empty={<EmptyState title={t('links.empty')} detail={t('links.emptyDetail')} />}
      />
      {removing && (
        <ConfirmAct
          title={t('links.unlinkTitle', { name: removing.user.displayName })}
          lead={t('links.unlinkStops')}
          items={[
            [t('links.person'), removing.user.userName],
            [t('links.subject'), removing.subject],
          ]}
          confirmText={t('links.unlink')}
          work={() => unlink(removing.user.id)}
          onDone={() => {
            setRemoving(undefined);
            void queries.invalidateQueries({ queryKey: linksKey });
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

function useColumns(onRemove: (link: Link) => void): readonly Column<Link>[] {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  return [
    {
      id: 'person',
      header: t('links.person'),
      cell: ({ user }) => <PersonName {...user} />,
      text: ({ user }) => user.userName,
    },
    { id: 'subject', header: t('links.subject'), cell: ({ subject }) => subject, text: ({ subject }) => subject },
    {
      id: 'origin',
      header: t('links.origin'),
      cell: ({ origin }) => t(`links.originOf.${origin}`),
      text: ({ origin }) => origin,
    },
    {
      id: 'lastSignIn',
      header: t('links.lastSignIn'),
      sort: 'lastSignInAt',
      cell: ({ lastSignInAt }) => dateTime(lastSignInAt),
      text: ({ lastSignInAt }) => lastSignInAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (link) => (
        <PermittedButton
          any={['SignIn.manage']}
          size="small"
          aria-label={`${t('links.unlink')}: ${link.user.displayName}`}
          onClick={() => onRemove(link)}
        >
          {t('links.unlink')}
        </PermittedButton>
      ),
    },
  ];
}
