import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useFormat } from '../i18n/format.ts';
import { useTexts } from '../i18n/texts.ts';
import { type FilterRow, type Filters, rowsOf } from './filter-model.ts';
import { type FilterField, findField, findOperator } from './filter-table.ts';
import { type FilterChoices, useFilterWords } from './filter-words.ts';

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: '20px', overflowWrap: 'anywhere' },
  json: { fontFamily: tokens.fontFamilyMonospace, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
});

interface FilterSummaryProps {
  readonly fields: readonly FilterField[];
  readonly value: Filters;
  /** Words of values that only the page knows, by the field's name. */
  readonly choices?: FilterChoices;
}

/** Filters to read: a sentence for each condition, or their JSON where something in them has no words. */
export function FilterSummary({ fields, value, choices }: FilterSummaryProps) {
  const styles = useStyles();
  const t = useTexts('filters');
  const wordsOf = useRowWords(fields, choices);
  const rows = rowsOf(value, fields);
  if (!rows) return <Text className={styles.json}>{JSON.stringify(value, null, 2)}</Text>;
  if (rows.length === 0) return <Text>{t('noConditions')}</Text>;
  return (
    <ul className={styles.list}>
      {rows.map((row) => (
        <li key={row.key}>{wordsOf(row)}</li>
      ))}
    </ul>
  );
}

function useRowWords(fields: readonly FilterField[], own: FilterChoices | undefined): (row: FilterRow) => string {
  const words = useFilterWords(own);
  const { exact } = useFormat();
  const time = (text: string | undefined) => (text === undefined || text === '' ? '…' : exact(Number(text)));
  return ({ field: name, operator: operatorName, values }) => {
    const field = findField(fields, name);
    const operator = findOperator(field, operatorName);
    const start = `${words.field(name)} ${words.operator(operatorName)}`;
    if (!field || !operator || operator.takes === 'flag') return start;
    if (operator.takes === 'ranges') {
      const pairs = values.flatMap((each, place) =>
        place % 2 === 0 ? [`${time(each)} – ${time(values[place + 1])}`] : [],
      );
      return `${start}: ${pairs.join(', ')}`;
    }
    const isTime = field.values === 'time' && (operator.takes === 'value' || operator.takes === 'values');
    const choices = new Map(operator.takes === 'values' ? words.choices(field) : []);
    return `${start}: ${values.map((each) => (isTime ? time(each) : (choices.get(each) ?? each))).join(', ')}`;
  };
}
