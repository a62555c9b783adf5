import { Badge, Button, Link, makeStyles, SearchBox, Spinner, Text, tokens } from '@fluentui/react-components';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { listQueries } from './api.ts';

const useStyles = makeStyles({
  panel: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '10px' },
  item: { display: 'flex', flexDirection: 'column', gap: '2px', minWidth: 0, overflowWrap: 'anywhere' },
  note: { color: tokens.colorNeutralForeground2 },
});

const pageRows = 50;

/** The reader's queries and those that others have shared. */
export function QueriesPanel({ onOpen }: { onOpen(id: string): void }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const common = useTexts('common');
  const [search, setSearch] = useState('');
  const list = useInfiniteQuery({
    queryKey: ['hunting', 'queries', search],
    queryFn: ({ pageParam, signal }) => listQueries({ search, skip: pageParam, limit: pageRows }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ items, total }, pages) => {
      const read = (pages.length - 1) * pageRows + items.length;
      return items.length > 0 && read < total ? read : undefined;
    },
    placeholderData: keepPreviousData,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles.panel}>
      <SearchBox
        aria-label={t('queries.search')}
        placeholder={t('queries.search')}
        maxLength={200}
        value={search}
        onChange={(_event, { value }) => setSearch(value)}
      />
      {list.error && <ProblemNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Spinner label={common('state.loading')} />}
      {list.data && items.length === 0 && (
        <EmptyState
          title={search === '' ? t('queries.none') : common('list.nothingFound')}
          detail={search === '' ? t('queries.noneDetail') : common('list.nothingFoundDetail')}
        />
      )}
      <ul className={styles.list} aria-label={t('queries.title')}>
        {items.map(({ id, name, folder, isShared, isOwn, owner }) => (
          <li key={id} className={styles.item}>
            <Link as="button" onClick={() => onOpen(id)}>
              {name}
            </Link>
            <Text size={200} className={styles.note}>
              {[folder, isOwn ? '' : (owner ?? '')].filter((part) => part !== '').join(' · ')}{' '}
              {isShared && <Badge appearance="outline">{t('queries.shared')}</Badge>}
            </Text>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('queries.more')}
        </Button>
      )}
    </div>
  );
}
