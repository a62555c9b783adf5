import { Button, makeStyles, SearchBox, Select, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { entityKinds, type FoundEntity } from './entities.ts';
import { useWords } from './words.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px' },
  search: { flex: '1 1 200px', maxWidth: '360px' },
  name: { fontWeight: tokens.fontWeightSemibold },
  detail: { display: 'block', color: tokens.colorNeutralForeground2 },
});

const shownAtOnce = 50;

interface EntityTableProps {
  readonly entities: readonly FoundEntity[];
  /** Titles of the alerts by their ids; without it the column of alerts is left out. */
  readonly titles?: ReadonlyMap<string, string>;
}

/** Everything that alerts are about, with what was found out about it. */
export function EntityTable({ entities, titles }: EntityTableProps) {
  const styles = useStyles();
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const columns = useColumns(titles);
  const [kind, setKind] = useState('');
  const [sought, setSought] = useState('');
  const [room, setRoom] = useState(shownAtOnce);
  const folded = sought.trim().toLowerCase();
  const found = entities.filter(
    (each) => (kind === '' || each.kind === kind) && `${each.name} ${each.detail}`.toLowerCase().includes(folded),
  );
  const kinds = entityKinds.filter((each) => entities.some((entity) => entity.kind === each));
  return (
    <>
      <search className={styles.bar} aria-label={t('evidence.title')}>
        <SearchBox
          className={styles.search}
          aria-label={t('evidence.search')}
          placeholder={t('evidence.search')}
          value={sought}
          onChange={(_event, { value }) => setSought(value)}
        />
        <Select aria-label={t('evidence.kind')} value={kind} onChange={(_event, { value }) => setKind(value)}>
          <option value="">{t('evidence.everyKind')}</option>
          {kinds.map((each) => (
            <option key={each} value={each}>
              {words.kind(each)}
            </option>
          ))}
        </Select>
      </search>
      <Text role="status">{t('evidence.count', { count: found.length })}</Text>
      {found.length > 0 && (
        <DataTable
          label={t('evidence.title')}
          columns={columns}
          rows={found.slice(0, room)}
          rowKey={(entity) => entity.key}
        />
      )}
      {found.length > room && (
        <div>
          <Button onClick={() => setRoom(room + shownAtOnce)}>{t('evidence.more')}</Button>
        </div>
      )}
      {found.length === 0 && entities.length > 0 && <Text>{common('list.nothingFound')}</Text>}
    </>
  );
}

function useColumns(titles: EntityTableProps['titles']): Column<FoundEntity>[] {
  const styles = useStyles();
  const t = useTexts('security');
  const words = useWords();
  return [
    { id: 'kind', header: t('evidence.kind'), cell: ({ kind }) => words.kind(kind), width: '14%' },
    {
      id: 'name',
      header: t('evidence.name'),
      cell: ({ kind, name, detail }) => (
        <>
          <span className={styles.name}>
            <ActivitiesLink kind={kind} name={name} />
          </span>
          {detail !== '' && <span className={styles.detail}>{detail}</span>}
        </>
      ),
      width: '34%',
    },
    { id: 'verdict', header: t('evidence.verdict'), cell: ({ verdict }) => words.verdict(verdict) },
    { id: 'remediation', header: t('evidence.remediation'), cell: ({ remediation }) => remediation ?? '–' },
    ...(titles
      ? [
          {
            id: 'alerts',
            header: t('incident.alerts'),
            cell: ({ alertIds }: FoundEntity) => (
              <span title={alertIds.map((id) => titles.get(id) ?? id).join('\n')}>{alertIds.length}</span>
            ),
            width: '9%',
          },
        ]
      : []),
  ];
}

/** People and addresses lead to what they did. */
function ActivitiesLink({ kind, name }: Pick<FoundEntity, 'kind' | 'name'>) {
  const filter = kind === 'user' ? 'user' : kind === 'ip' ? 'ip' : undefined;
  if (filter === undefined) return name;
  return <RouterLink to={`/activities?${filter}=${encodeURIComponent(name)}`}>{name}</RouterLink>;
}
