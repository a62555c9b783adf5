import { makeStyles } from '@fluentui/react-components';
import { AddRegular, PersonDeleteRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { listTokens, type Token, type TokenPage, tokensKey } from './calls.ts';
import { DepartedDialog } from './DepartedDialog.tsx';
import { DetailsDialog } from './DetailsDialog.tsx';
import { ExtensionTabs } from './ExtensionTabs.tsx';
import { GenerateDialog } from './GenerateDialog.tsx';
import { LastUse } from './last-use.tsx';
import { PickedBar } from './PickedBar.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import { RotateDialog } from './RotateDialog.tsx';
import { TokenMenu, type TokenVerb } from './TokenMenu.tsx';
import { TokenStatus } from './TokenState.tsx';

const useStyles = makeStyles({ name: { fontWeight: 600 } });

/** What the page is doing besides listing. */
type Open =
  | { readonly verb: 'generate' | 'departed' }
  | { readonly verb: TokenVerb; readonly token: Token }
  | { readonly verb: 'revoked'; readonly name: string };

/** Settings > Security extensions > API tokens. */
export function TokensPage() {
  const t = useTexts('tokens');
  const common = useTexts('common');
  const session = useSession();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const mayUse = may(session, 'ApiTokens.use');
  const close = () => setOpen(undefined);
  const changed = () => void queries.invalidateQueries({ queryKey: tokensKey });
  const generate = (
    <PermittedButton
      any={['ApiTokens.use']}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ verb: 'generate' })}
    >
      {t('generate.action')}
    </PermittedButton>
  );
  return (
    <Page
      title={common('nav.api-tokens')}
      lead={t('lead')}
      actions={
        <>
          {generate}
          <PermittedButton
            any={['ApiTokens.manageAll']}
            icon={<PersonDeleteRegular />}
            onClick={() => setOpen({ verb: 'departed' })}
          >
            {t('departed.action')}
          </PermittedButton>
        </>
      }
    >
      <ExtensionTabs />
      {!mayUse && (
        <Notice
          intent="warning"
          title={t('mine.notPermitted')}
          detail={t('mine.notPermittedDetail')}
          action={<RouterLink to="/roles/mine">{t('state.activate')}</RouterLink>}
        />
      )}
      {open?.verb === 'revoked' && <Notice intent="success" title={t('revoke.done', { name: open.name })} />}
      <TokenTable act={(verb, token) => setOpen({ verb, token })} firstStep={generate} />
      {open?.verb === 'generate' && <GenerateDialog onDone={changed} onClose={close} />}
      {open?.verb === 'departed' && <DepartedDialog onDone={changed} onClose={close} />}
      {open?.verb === 'details' && <DetailsDialog token={open.token} onClose={close} />}
      {open?.verb === 'rotate' && <RotateDialog token={open.token} onDone={changed} onClose={close} />}
      {open?.verb === 'revoke' && (
        <RevokeDialog
          token={open.token}
          onDone={() => {
            changed();
            setOpen({ verb: 'revoked', name: open.token.name });
          }}
          onClose={close}
        />
      )}
    </Page>
  );
}

interface TokenTableProps {
  act(verb: TokenVerb, token: Token): void;
  /** Shown where there is no token yet. */
  readonly firstStep: ReactNode;
}

const statuses = ['generated', 'active', 'inactive'] as const;

function TokenTable({ act, firstStep }: TokenTableProps) {
  const t = useTexts('tokens');
  const common = useTexts('common');
  const state = useListState({ sort: 'createdAt', direction: 'desc' });
  const columns = useColumns(act);
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const nameOf = useNames();
  return (
    <>
      <PickedBar keys={keys} change={setKeys} />
      <ServerTable
        label={t('list.label')}
        queryKey={[...tokensKey, 'list']}
        load={listTokens}
        state={state}
        columns={columns}
        rowKey={(token) => token.id}
        searchLabel={t('list.search')}
        filters={
          <FilterSelect
            label={common('list.status')}
            name="status"
            options={statuses.map((each) => [each, t(`status.${each}`)])}
            state={state}
          />
        }
        selection={{
          keys,
          change: setKeys,
          allLabel: t('several.selectAll'),
          rowLabel: (id) => t('several.select', { name: nameOf(id) }),
        }}
        exportName="api-tokens"
        empty={<EmptyState title={t('list.empty')} detail={t('list.emptyDetail')} action={firstStep} />}
      />
    </>
  );
}

/** Names of tokens on the pages that were loaded, for their boxes. */
function useNames(): (id: string) => string {
  const queries = useQueryClient();
  return (id) => {
    const pages = queries.getQueriesData<TokenPage>({ queryKey: [...tokensKey, 'list'] });
    const found = pages.flatMap(([, page]) => page?.items ?? []).find((token) => token.id === id);
    return found ? `${found.name} (${found.owner.userName})` : id;
  };
}

function useColumns(act: TokenTableProps['act']): Column<Token>[] {
  const styles = useStyles();
  const t = useTexts('tokens');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const { user } = useSession();
  const isOwn = (token: Token) => token.owner.id === user.id;
  return [
    {
      id: 'name',
      header: t('list.name'),
      sort: 'name',
      cell: (token) => <span className={styles.name}>{token.name}</span>,
      text: (token) => token.name,
    },
    {
      id: 'owner',
      header: t('list.owner'),
      sort: 'owner',
      cell: (token) => token.owner.userName,
      text: (token) => token.owner.userName,
    },
    {
      id: 'generated',
      header: t('list.generated'),
      sort: 'createdAt',
      cell: (token) => dateTime(token.createdAt),
      text: (token) => token.createdAt,
    },
    {
      id: 'lastUsed',
      header: t('list.lastUsed'),
      sort: 'lastUsedAt',
      cell: (token) => <LastUse token={token} />,
      text: (token) => [token.lastUsedAt, token.lastUsedAddress].filter((each) => each !== null).join(' '),
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: (token) => <TokenStatus token={token} isOwn={isOwn(token)} />,
      text: (token) => t(`status.${token.status}`),
      width: '26%',
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (token) => <TokenMenu token={token} isOwn={isOwn(token)} act={act} />,
      width: '88px',
    },
  ];
}
