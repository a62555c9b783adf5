import {
  Button,
  makeStyles,
  SearchBox,
  Spinner,
  Text,
  Tree,
  TreeItem,
  TreeItemLayout,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { type QuerySchema, schemaQuery } from './api.ts';

const useStyles = makeStyles({
  panel: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  tree: { overflowY: 'auto', maxHeight: 'calc(100vh - 320px)', minHeight: '240px' },
  type: { color: tokens.colorNeutralForeground2 },
  name: { overflowWrap: 'anywhere' },
});

interface Shown {
  readonly key: string;
  /** What is put into the query. */
  readonly insert: string;
  readonly name: string;
  readonly note: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Tables with their columns, functions and watchlists; each goes into the query at the cursor. */
export function SchemaPanel({ onInsert }: { onInsert(text: string): void }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const common = useTexts('common');
  const [search, setSearch] = useState('');
  const { data, error, isPending, refetch } = useQuery(schemaQuery);
  const groups = useMemo(() => (data ? groupsOf(data, search.trim().toLowerCase()) : []), [data, search]);
  const texts = { tables: t('schema.tables'), functions: t('schema.functions'), watchlists: t('schema.watchlists') };
  return (
    <div className={styles.panel}>
      <SearchBox
        aria-label={t('schema.search')}
        placeholder={t('schema.search')}
        value={search}
        onChange={(_event, { value }) => setSearch(value)}
      />
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {isPending && <Spinner label={common('state.loading')} />}
      {data && groups.length === 0 && <EmptyState title={common('list.nothingFound')} detail={t('schema.noMatch')} />}
      {groups.length > 0 && (
        <Tree className={styles.tree} aria-label={t('schema.title')} defaultOpenItems={['tables']} size="small">
          {groups.map(({ key, items }) => (
            <TreeItem key={key} itemType="branch" value={key}>
              <TreeItemLayout>{`${texts[key]} (${items.length})`}</TreeItemLayout>
              <Tree>
                {items.map((item) => (
                  <SchemaItem key={item.key} item={item} onInsert={onInsert} />
                ))}
              </Tree>
            </TreeItem>
          ))}
        </Tree>
      )}
      {data?.moreWatchlists && <Text className={styles.type}>{t('schema.moreWatchlists')}</Text>}
    </div>
  );
}

/** Columns are made when their table is opened: there are thousands. */
function SchemaItem({ item, onInsert }: { item: Shown; onInsert(text: string): void }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const [isOpen, setOpen] = useState(false);
  const insert = (
    <Button size="small" appearance="subtle" onClick={() => onInsert(item.insert)}>
      {t('schema.insert')}
    </Button>
  );
  if (item.columns.length === 0) {
    return (
      <TreeItem itemType="leaf" value={item.key}>
        <TreeItemLayout actions={insert}>
          <span className={styles.name}>
            {item.name} <span className={styles.type}>{item.note}</span>
          </span>
        </TreeItemLayout>
      </TreeItem>
    );
  }
  return (
    <TreeItem itemType="branch" value={item.key} open={isOpen} onOpenChange={(_event, data) => setOpen(data.open)}>
      <TreeItemLayout actions={insert}>
        <span className={styles.name}>{item.name}</span>
      </TreeItemLayout>
      <Tree>
        {isOpen &&
          item.columns.map(({ name, type }) => (
            <TreeItem key={name} itemType="leaf" value={`${item.key}.${name}`}>
              <TreeItemLayout
                actions={
                  <Button size="small" appearance="subtle" onClick={() => onInsert(name)}>
                    {t('schema.insert')}
                  </Button>
                }
              >
                <span className={styles.name}>
                  {name} <span className={styles.type}>{type}</span>
                </span>
              </TreeItemLayout>
            </TreeItem>
          ))}
      </Tree>
    </TreeItem>
  );
}

function groupsOf({ tables, functions, watchlists }: QuerySchema, search: string) {
  const has = (item: Shown) =>
    search === '' ||
    item.name.toLowerCase().includes(search) ||
    item.columns.some(({ name }) => name.toLowerCase().includes(search));
  const groups: { key: 'tables' | 'functions' | 'watchlists'; items: Shown[] }[] = [
    {
      key: 'tables',
      items: tables.map(({ name, columns }) => ({ key: `table:${name}`, insert: name, name, note: '', columns })),
    },
    {
      key: 'functions',
      items: functions.map(({ name, parameters }) => {
        return { key: `function:${name}`, insert: `${name}()`, name, note: parameters, columns: [] };
      }),
    },
    {
      key: 'watchlists',
      items: watchlists.map(({ alias, columns }) => {
        return { key: `list:${alias}`, insert: `_GetWatchlist(${quoted(alias)})`, name: alias, note: '', columns };
      }),
    },
  ];
  return groups.map(({ key, items }) => ({ key, items: items.filter(has) })).filter(({ items }) => items.length > 0);
}

/** A text literal of KQL. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
