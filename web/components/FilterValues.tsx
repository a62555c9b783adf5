import {
  Button,
  Checkbox,
  Field,
  FieldContextProvider,
  Input,
  makeStyles,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { usePreferences } from '../app/preferences.ts';
import { useTexts } from '../i18n/texts.ts';
import type { FilterField, FilterOperator } from './filter-table.ts';
import type { FilterChoice } from './filter-words.ts';
import { localText, timeOfLocal } from './local-time.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '4px', minWidth: 0 },
  several: { display: 'flex', flexWrap: 'wrap', gap: '4px 8px', alignItems: 'flex-end' },
  choices: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: '0 8px',
    margin: 0,
    padding: '0 4px',
    minWidth: 0,
    maxHeight: '168px',
    overflowY: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  wide: { width: '100%', minWidth: 0, '& input': { minWidth: 0 } },
  area: { width: '100%', '& textarea': { overflowWrap: 'anywhere' } },
});

interface FilterValuesProps {
  /** Names the fields for screen readers: which condition they belong to. */
  readonly label: string;
  readonly field: FilterField;
  readonly operator: FilterOperator;
  readonly choices: readonly FilterChoice[];
  readonly values: readonly string[];
  onChange(values: readonly string[]): void;
}

/** What stands behind an operator, with a field for its kind: boxes to tick, times, a number, or a value a line. */
export function FilterValues(props: FilterValuesProps) {
  const { field, operator, choices } = props;
  const isOfTimes = field.values === 'time' && ['value', 'values'].includes(operator.takes);
  // The Field around this one means a single control: of several each would get its id.
  if (operator.takes === 'ranges' || isOfTimes) {
    return (
      <FieldContextProvider value={undefined}>
        <Times {...props} perRow={operator.takes === 'ranges' ? 2 : 1} />
      </FieldContextProvider>
    );
  }
  if (operator.takes === 'values' && choices.length > 0) {
    return (
      <FieldContextProvider value={undefined}>
        <Ticks {...props} />
      </FieldContextProvider>
    );
  }
  if (operator.takes === 'flag') return null;
  const isOfLines = operator.takes === 'values' || operator.takes === 'texts';
  return isOfLines ? <Lines {...props} /> : <OneNumber {...props} />;
}

function OneNumber({ label, operator, values, onChange }: FilterValuesProps) {
  const styles = useStyles();
  const t = useTexts('filters');
  return (
    <Input
      className={styles.wide}
      aria-label={label}
      inputMode="numeric"
      maxLength={20}
      value={values[0] ?? ''}
      placeholder={operator.takes === 'days' ? t('days') : ''}
      onChange={(_event, { value }) => onChange([value])}
    />
  );
}

/** One value a line, so that a list of addresses or ids can be pasted. */
function Lines({ label, field, values, onChange }: FilterValuesProps) {
  const styles = useStyles();
  const t = useTexts('filters');
  return (
    <Textarea
      className={styles.area}
      aria-label={label}
      rows={Math.min(6, Math.max(1, values.length))}
      resize="vertical"
      maxLength={65_536}
      placeholder={t(field.values === 'entity' ? 'entityHint' : 'linesHint')}
      value={values.join('\n')}
      onChange={(_event, { value }) => onChange(value.split('\n'))}
    />
  );
}

/** Boxes for the values that are known, and lines for others where there may be others. */
function Ticks(props: FilterValuesProps) {
  const { label, field, choices, values, onChange } = props;
  const styles = useStyles();
  const t = useTexts('filters');
  const known = choices.map(([value]) => value);
  const ticked = values.filter((value) => known.includes(value));
  const others = values.filter((value) => !known.includes(value));
  const isOpen = field.oneOf.length === 0 && field.values !== 'flag';
  const isStrange = others.some((each) => each.trim() !== '');
  return (
    <div className={styles.stack}>
      <fieldset className={styles.choices} aria-label={label}>
        {choices.map(([value, text]) => (
          <Checkbox
            key={value}
            label={text}
            checked={ticked.includes(value)}
            onChange={(_event, { checked }) =>
              onChange([...(checked ? [...ticked, value] : ticked.filter((each) => each !== value)), ...others])
            }
          />
        ))}
      </fieldset>
      {(isOpen || isStrange) && (
        <Field label={t('others')} size="small">
          <Input
            className={styles.wide}
            value={others.join(' ')}
            maxLength={1000}
            onChange={(_event, { value }) => onChange([...ticked, ...(value === '' ? [] : value.split(' '))])}
          />
        </Field>
      )}
    </div>
  );
}

/** Days with times in the reader's time zone: single ones, or pairs of which one may be left open. */
function Times({ label, operator, values, onChange, perRow }: FilterValuesProps & { perRow: 1 | 2 }) {
  const styles = useStyles();
  const t = useTexts('filters');
  const rows = Math.max(1, Math.ceil(values.length / perRow));
  const padded = Array.from({ length: rows * perRow }, (_none, place) => values[place] ?? '');
  const set = (place: number, value: string) => onChange(padded.map((each, index) => (index === place ? value : each)));
  return (
    <div className={styles.stack}>
      {Array.from({ length: rows }, (_none, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: times have no identity but their place
        <div key={row} className={styles.several}>
          {perRow === 1 ? (
            <TimeInput label={label} value={padded[row] ?? ''} onChange={(value) => set(row, value)} />
          ) : (
            <>
              <Field label={t('from')} size="small">
                <TimeInput
                  label={`${label}: ${t('from')}`}
                  value={padded[2 * row] ?? ''}
                  onChange={(value) => set(2 * row, value)}
                />
              </Field>
              <Field label={t('until')} size="small">
                <TimeInput
                  label={`${label}: ${t('until')}`}
                  value={padded[2 * row + 1] ?? ''}
                  onChange={(value) => set(2 * row + 1, value)}
                />
              </Field>
            </>
          )}
        </div>
      ))}
      {operator.takes !== 'value' && (
        <div>
          <Button size="small" appearance="subtle" onClick={() => onChange([...padded, ...Array(perRow).fill('')])}>
            {t('addTime')}
          </Button>
        </div>
      )}
    </div>
  );
}

function TimeInput({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const styles = useStyles();
  const { timeZone } = usePreferences().preferences;
  return (
    <Input
      className={styles.wide}
      type="datetime-local"
      step={1}
      aria-label={label}
      value={value === '' ? '' : localText(Number(value), timeZone)}
      onChange={(_event, { value: typed }) => onChange(String(timeOfLocal(typed, timeZone) ?? ''))}
    />
  );
}
