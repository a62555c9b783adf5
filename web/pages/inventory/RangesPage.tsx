import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { AddRegular, DeleteRegular, EditRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { FilterText } from '../../components/FilterText.tsx';
import { type ListState, useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { listRanges, manageRanges, type RangeRecord, rangesKey, readRanges } from './calls.ts';
import { useCountryName } from './countries.ts';
import { DeleteRangeDialog } from './DeleteRangeDialog.tsx';
import { rangeCategories } from './filters.ts';
import { builtInTagNames } from './ip-tags.ts';
import { RangeDialog } from './RangeDialog.tsx';
import { useCategoryWords } from './words.ts';

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', gap: '2px', overflowWrap: 'anywhere' },
  note: { color: tokens.colorNeutralForeground2 },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '4px' },
});

type Open = { readonly kind: 'add' } | { readonly kind: 'edit' | 'delete'; readonly range: RangeRecord };

/** Settings > IP address ranges: what the tenant knows of addresses. */
export function RangesPage() {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const state = useListState({ sort: 'name', direction: 'asc' });
  const columns = useColumns(setOpen);
  const close = () => setOpen(undefined);
  const done = async () => {
    await queries.invalidateQueries({ queryKey: rangesKey });
    close();
  };
  const add = (
    <PermittedButton
      any={[manageRanges]}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ kind: 'add' })}
    >
      {t('range.add')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.ip-ranges')} lead={t('ranges.lead')} actions={add}>
      <Permitted any={[readRanges]}>
        <ServerTable
          label={common('nav.ip-ranges')}
          queryKey={[...rangesKey, 'list']}
          load={listRanges}
          state={state}
          columns={columns}
          rowKey={({ _id }) => _id}
          filters={<Filters state={state} />}
          exportName="ip-ranges"
          empty={<EmptyState title={t('ranges.empty')} detail={t('ranges.emptyDetail')} />}
        />
      </Permitted>
      {open?.kind === 'add' && <RangeDialog onDone={done} onClose={close} />}
      {open?.kind === 'edit' && <RangeDialog range={open.range} onDone={done} onClose={close} />}
      {open?.kind === 'delete' && <DeleteRangeDialog range={open.range} onDone={done} onClose={close} />}
    </Page>
  );
}

/** Each is one of the documented API's. */
function Filters({ state }: { state: ListState }) {
  const t = useTexts('inventory');
  return (
    <>
      <FilterSelect
        label={t('range.category')}
        name="category"
        options={rangeCategories.map((each, number) => [String(number), t(`category.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('range.origin')}
        name="origin"
        options={[
          ['own', t('range.own')],
          ['builtIn', t('range.builtIn')],
        ]}
        state={state}
      />
      <FilterText label={t('range.tag')} name="tag" suggestions={builtInTagNames} state={state} />
    </>
  );
}

const rangesShown = 4;

function useColumns(open: (what: Open) => void): readonly Column<RangeRecord>[] {
  const styles = useStyles();
  const t = useTexts('inventory');
  const common = useTexts('common');
  const categoryText = useCategoryWords();
  const countryName = useCountryName();
  const { dateTime } = useFormat();
  const tags = ({ tags: all }: RangeRecord) => all.map(({ name }) => name).join(', ');
  const country = ({ location }: RangeRecord) => (location === null ? '' : countryName(location.countryCode));
  return [
    {
      id: 'name',
      header: t('range.name'),
      sort: 'name',
      cell: ({ name }) => name,
      text: ({ name }) => name,
    },
    {
      id: 'ranges',
      header: t('range.ranges'),
      cell: ({ subnets }) => (
        <div className={styles.list}>
          {subnets.slice(0, rangesShown).map(({ originalString }) => (
            <span key={originalString}>{originalString}</span>
          ))}
          {subnets.length > rangesShown && (
            <Text size={200} className={styles.note}>
              {t('range.more', { count: subnets.length - rangesShown })}
            </Text>
          )}
        </div>
      ),
      text: ({ subnets }) => subnets.map(({ originalString }) => originalString).join(' '),
      width: '14%',
    },
    {
      id: 'category',
      header: t('range.category'),
      sort: 'category',
      cell: ({ category }) => categoryText(category),
      text: ({ category }) => categoryText(category),
    },
    {
      id: 'tags',
      header: t('range.tags'),
      sort: 'tags',
      cell: (range) => tags(range) || '–',
      text: tags,
    },
    {
      id: 'organization',
      header: t('range.organization'),
      cell: ({ organization }) => organization ?? '–',
      text: ({ organization }) => organization,
    },
    { id: 'country', header: t('range.country'), cell: (range) => country(range) || '–', text: country },
    {
      id: 'changed',
      header: t('range.changed'),
      cell: ({ lastModified }) => dateTime(lastModified),
      text: ({ lastModified }) => (lastModified === null ? null : new Date(lastModified).toISOString()),
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (range) => <Actions range={range} open={open} />,
      width: '104px',
    },
  ];
}

/** Built-in ranges can be changed by nobody. */
function Actions({ range, open }: { range: RangeRecord; open(what: Open): void }) {
  const styles = useStyles();
  const t = useTexts('inventory');
  const { name } = range;
  if (range.lastModified === null) return <Text className={styles.note}>{t('range.builtIn')}</Text>;
  return (
    <div className={styles.buttons}>
      <PermittedButton
        any={[manageRanges]}
        appearance="subtle"
        icon={<EditRegular />}
        aria-label={t('range.edit', { name })}
        title={t('range.edit', { name })}
        onClick={() => open({ kind: 'edit', range })}
      />
      <PermittedButton
        any={[manageRanges]}
        appearance="subtle"
        icon={<DeleteRegular />}
        aria-label={t('range.delete', { name })}
        title={t('range.delete', { name })}
        onClick={() => open({ kind: 'delete', range })}
      />
    </div>
  );
}
