import { Label, makeStyles, Select } from '@fluentui/react-components';
import { useId } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { type Column, type Sorting, useIsOfCards } from '../ui/DataTable.tsx';

const useStyles = makeStyles({
  sorting: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px' },
  field: { display: 'flex', flexDirection: 'column', gap: '2px', minWidth: 0, flex: '1 1 120px', maxWidth: '280px' },
  select: { minWidth: 0, '& select': { minWidth: 0, textOverflow: 'ellipsis' } },
});

interface CardSortingProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sorting: Sorting;
  onSort(by: string, direction: 'asc' | 'desc'): void;
}

/** What the headers of a table do, where it is cards. */
export function CardSorting<Row>({ columns, sorting, onSort }: CardSortingProps<Row>) {
  const styles = useStyles();
  const t = useTexts('common');
  const [byId, directionId] = [useId(), useId()];
  const isOfCards = useIsOfCards();
  const sortable = columns.flatMap(({ sort, header, isExportOnly }) =>
    sort === undefined || isExportOnly === true ? [] : [{ sort, header }],
  );
  if (!isOfCards || sortable.length === 0) return null;
  const by = sortable.find(({ sort }) => sort === sorting.by)?.sort;
  return (
    <div className={styles.sorting}>
      <div className={styles.field}>
        <Label htmlFor={byId}>{t('list.sortBy')}</Label>
        <Select
          id={byId}
          className={styles.select}
          value={by ?? ''}
          onChange={(_event, { value }) => onSort(value, sorting.direction)}
        >
          {by === undefined && <option value="">{t('list.unsorted')}</option>}
          {sortable.map(({ sort, header }) => (
            <option key={sort} value={sort}>
              {header}
            </option>
          ))}
        </Select>
      </div>
      <div className={styles.field}>
        <Label htmlFor={directionId}>{t('list.order')}</Label>
        <Select
          id={directionId}
          className={styles.select}
          disabled={by === undefined}
          value={sorting.direction}
          onChange={(_event, { value }) => by !== undefined && onSort(by, value === 'desc' ? 'desc' : 'asc')}
        >
          <option value="asc">{t('list.ascending')}</option>
          <option value="desc">{t('list.descending')}</option>
        </Select>
      </div>
    </div>
  );
}
