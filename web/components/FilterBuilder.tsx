import { Button, Field, makeStyles, Select, Text, Textarea, tokens } from '@fluentui/react-components';
import { AddRegular, DismissRegular } from '@fluentui/react-icons';
import { useId, useRef } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { useTexts } from '../i18n/texts.ts';
import { FilterValues } from './FilterValues.tsx';
import type { FilterRow, Filters, JsonFault } from './filter-model.ts';
import { type FilterField, findField, findOperator } from './filter-table.ts';
import { type FilterChoices, type FilterWords, useFilterWords } from './filter-words.ts';
import { type FilterDraft, useFilterDraft } from './use-filter-draft.ts';

const useStyles = makeStyles({
  builder: { display: 'flex', flexDirection: 'column', gap: '8px', minWidth: 0, margin: 0, padding: 0, border: 'none' },
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: '8px',
    alignItems: 'flex-start',
    minWidth: 0,
    margin: 0,
    padding: '8px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  field: { flex: '1 1 200px', minWidth: 0, maxWidth: '320px', '& select': { minWidth: 0, textOverflow: 'ellipsis' } },
  operator: { flex: '0 1 190px', minWidth: 0, '& select': { minWidth: 0, textOverflow: 'ellipsis' } },
  values: { flex: '2 1 220px', minWidth: 0 },
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
  quiet: { color: tokens.colorNeutralForeground2 },
  json: { fontFamily: tokens.fontFamilyMonospace, '& textarea': { fontFamily: tokens.fontFamilyMonospace } },
});

interface FilterBuilderProps {
  /** What is filtered, for screen readers. */
  readonly label: string;
  /** From `filterFieldsQuery`. */
  readonly fields: readonly FilterField[];
  /** Filters as the API takes them. */
  readonly value: Filters;
  /** With every change; `isWhole` is false while something is missing or wrong, which is then left out of the filters. */
  onChange(value: Filters, isWhole: boolean): void;
  /** Values to tick for fields whose values only the page knows, by the field's name. */
  readonly choices?: FilterChoices;
  /** What the server refused the filters with: told at the conditions that it is about. */
  readonly error?: unknown;
}

/** Conditions in rows, or the API's JSON to type: two views of the same filters. */
export function FilterBuilder({ label, fields, value, onChange, choices, error }: FilterBuilderProps) {
  const styles = useStyles();
  const draft = useFilterDraft(fields, value, onChange);
  return (
    <fieldset className={styles.builder} aria-label={label}>
      {draft.text === undefined ? (
        <Rows draft={draft} fields={fields} choices={choices ?? {}} error={error} />
      ) : (
        <JsonText draft={draft} text={draft.text} error={error} />
      )}
    </fieldset>
  );
}

interface RowsProps extends Pick<FilterBuilderProps, 'fields' | 'error'> {
  readonly draft: FilterDraft;
  readonly choices: FilterChoices;
}

function Rows({ draft, fields, choices, error }: RowsProps) {
  const styles = useStyles();
  const t = useTexts('filters');
  const words = useFilterWords(choices);
  const place = useRef<HTMLDivElement>(null);
  const remove = (row: FilterRow) => {
    draft.setRows(draft.rows.filter(({ key }) => key !== row.key));
    // The button that was pressed is gone; the keyboard goes on beside it.
    place.current?.querySelector('button')?.focus();
  };
  return (
    <>
      {draft.rows.length === 0 && <Text className={styles.quiet}>{t('noConditions')}</Text>}
      {draft.rows.map((row, index) => (
        <Row
          key={row.key}
          {...{ row, fields, words }}
          number={index + 1}
          fault={faultOf(draft, row, error, t)}
          onChange={(changed) => draft.setRows(draft.rows.map((each) => (each.key === row.key ? changed : each)))}
          onRemove={() => remove(row)}
        />
      ))}
      <div className={styles.bar} ref={place}>
        <Button size="small" icon={<AddRegular />} onClick={draft.addRow}>
          {t('add')}
        </Button>
        <Button size="small" appearance="subtle" onClick={draft.toJson}>
          {t('editJson')}
        </Button>
      </div>
    </>
  );
}

type Texts = ReturnType<typeof useTexts<'filters'>>;

function faultOf({ faults }: FilterDraft, row: FilterRow, error: unknown, t: Texts): string | undefined {
  const fault = faults.get(row.key);
  // A row that nobody has typed anything into yet is not told off.
  if (fault === 'empty') return undefined;
  if (fault !== undefined) return t(`faults.${fault}`);
  return problemsOf(error)
    .filter(({ field }) => field === row.field)
    .map(({ problem }) => problem)
    .join(' ');
}

function problemsOf(error: unknown): readonly { readonly field: string; readonly problem: string }[] {
  return error instanceof ApiProblem ? error.fields : [];
}

interface RowProps {
  readonly row: FilterRow;
  readonly number: number;
  readonly fields: readonly FilterField[];
  readonly words: FilterWords;
  readonly fault: string | undefined;
  onChange(row: FilterRow): void;
  onRemove(): void;
}

function Row({ row, number, fields, words, fault, onChange, onRemove }: RowProps) {
  const styles = useStyles();
  const t = useTexts('filters');
  const field = findField(fields, row.field);
  const operator = findOperator(field, row.operator);
  const named = fields
    .map((each) => [each.name, words.field(each.name)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other));
  const chooseField = (name: string) => {
    const chosen = findField(fields, name);
    const kept = findOperator(chosen, row.operator) ?? chosen?.operators[0];
    onChange({ ...row, field: name, operator: kept?.name ?? '', values: [] });
  };
  const chooseOperator = (name: string) => {
    const isAlike = findOperator(field, name)?.takes === operator?.takes;
    onChange({ ...row, operator: name, values: isAlike ? row.values : [] });
  };
  return (
    <fieldset className={styles.row} aria-label={t('condition', { number })}>
      <Select
        className={styles.field}
        aria-label={t('field')}
        value={row.field}
        onChange={(_event, { value }) => chooseField(value)}
      >
        {named.map(([name, text]) => (
          <option key={name} value={name}>
            {text === name ? name : `${text} (${name})`}
          </option>
        ))}
      </Select>
      <Select
        className={styles.operator}
        aria-label={t('operator')}
        value={row.operator}
        onChange={(_event, { value }) => chooseOperator(value)}
      >
        {field?.operators.map(({ name }) => (
          <option key={name} value={name}>
            {words.operator(name)}
          </option>
        ))}
      </Select>
      <Field className={styles.values} {...(fault ? { validationMessage: fault } : {})}>
        {field && operator && (
          <FilterValues
            {...{ field, operator }}
            label={t('valuesOf', { field: words.field(field.name) })}
            choices={operator.takes === 'values' ? words.choices(field) : []}
            values={row.values}
            onChange={(values) => onChange({ ...row, values })}
          />
        )}
      </Field>
      <Button
        appearance="subtle"
        icon={<DismissRegular />}
        aria-label={t('remove', { number })}
        title={t('remove', { number })}
        onClick={onRemove}
      />
    </fieldset>
  );
}

function JsonText({ draft, text, error }: { draft: FilterDraft; text: string; error: unknown }) {
  const styles = useStyles();
  const t = useTexts('filters');
  const hint = useId();
  const fault = draft.jsonFault;
  const message = fault
    ? describe(fault, t)
    : problemsOf(error)
        .map(({ field, problem }) => `${field}: ${problem}`)
        .join(' ');
  return (
    <>
      <Field label={t('json')} {...(message === '' ? {} : { validationMessage: message })}>
        <Textarea
          className={styles.json}
          rows={Math.min(16, Math.max(4, text.split('\n').length))}
          resize="vertical"
          maxLength={65_536}
          spellCheck={false}
          value={text}
          onChange={(_event, { value }) => draft.setText(value)}
        />
      </Field>
      <div className={styles.bar}>
        <Button
          size="small"
          disabledFocusable={!draft.canBuild}
          {...(draft.canBuild ? {} : { 'aria-describedby': hint })}
          onClick={draft.toRows}
        >
          {t('toRows')}
        </Button>
        {!draft.canBuild && (
          <Text id={hint} size={200} className={styles.quiet}>
            {t('toRowsHint')}
          </Text>
        )}
      </div>
    </>
  );
}

function describe({ kind, name, found, line, column }: JsonFault, t: Texts): string {
  if (kind !== 'syntax') return t(`jsonFaults.${kind}`, { name, found });
  return line === undefined || column === undefined
    ? t('jsonFaults.syntax')
    : t('jsonFaults.syntaxAt', { line, column });
}
