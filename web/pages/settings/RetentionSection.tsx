import { Button, Field, Input, makeStyles, Spinner, Text } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { type Translate, useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { changeRetention, type Retention, retentionQuery } from './calls.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: '16px', maxWidth: '720px' },
  row: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px', alignItems: 'flex-end' },
  table: { flex: '1 1 200px', minWidth: 0 },
  days: { width: '120px' },
});

/** How long the organisation wants its hunting data kept. */
export function RetentionSection() {
  const common = useTexts('common');
  const { data, error, refetch } = useQuery(retentionQuery);
  // Kept here: the form begins anew with what was saved.
  const [isSaved, setSaved] = useState(false);
  // What was typed outlives a try to ask again that failed.
  if (error && !data) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  return <RetentionForm key={JSON.stringify(data)} present={data} isSaved={isSaved} setSaved={setSaved} />;
}

interface TableDays {
  readonly key: string;
  readonly table: string;
  readonly days: string;
}

const choosing = ['Settings.manage'];

interface RetentionFormProps {
  readonly present: Retention;
  /** Nothing was changed since it was saved. */
  readonly isSaved: boolean;
  setSaved(isSaved: boolean): void;
}

function RetentionForm({ present, isSaved, setSaved }: RetentionFormProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const { number } = useFormat();
  const queries = useQueryClient();
  const isReadOnly = !may(useSession(), ...choosing);
  const [days, setDays] = useState(present.days === null ? '' : String(present.days));
  const [tables, setTables] = useState<readonly TableDays[]>(() =>
    present.tables.map((each) => ({ key: each.table, table: each.table, days: String(each.days) })),
  );
  const [isTried, setTried] = useState(false);
  const save = useAct(async () => {
    queries.setQueryData(retentionQuery.queryKey, await changeRetention(bodyOf(days, tables, present)));
    setSaved(true);
  });
  const isRight = (text: string) => /^[1-9]\d{0,4}$/.test(text.trim()) && Number(text) <= present.daysMax;
  const fault = t('retention.fault', { count: number(present.daysMax) });
  const faults = tableFaults(tables, t);
  const changeTables = (rows: readonly TableDays[]) => {
    setSaved(false);
    setTables(rows);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setSaved(false);
    const areRight = faults.size === 0 && tables.every((each) => isRight(each.days));
    if ((days.trim() === '' || isRight(days)) && areRight) void save.run(undefined);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Text>{t('retention.lead', { count: number(present.daysMax) })}</Text>
      {save.error !== undefined && <ProblemNotice error={save.error} />}
      <DaysField
        label={t('retention.days')}
        hint={t('retention.daysHint', { count: number(present.keptDays) })}
        value={days}
        isReadOnly={isReadOnly}
        fault={isTried && days.trim() !== '' && !isRight(days) ? fault : undefined}
        change={(value) => {
          setSaved(false);
          setDays(value);
        }}
      />
      {tables.map((each) => (
        <TableRow
          key={each.key}
          row={each}
          isReadOnly={isReadOnly}
          tableFault={isTried ? faults.get(each.key) : undefined}
          fault={isTried && !isRight(each.days) ? fault : undefined}
          change={(part) => changeTables(tables.map((row) => (row.key === each.key ? { ...row, ...part } : row)))}
          remove={() => changeTables(tables.filter(({ key }) => key !== each.key))}
        />
      ))}
      {isSaved && <Notice intent="success" title={t('saved')} />}
      <div className={styles.row}>
        <PermittedButton any={choosing} appearance="primary" type="submit" disabled={save.isBusy}>
          {common('action.save')}
        </PermittedButton>
        {!isReadOnly && (
          <Button onClick={() => changeTables([...tables, { key: crypto.randomUUID(), table: '', days: '' }])}>
            {t('retention.add')}
          </Button>
        )}
      </div>
      <Notice intent="warning" title={t('retention.gone')} />
    </form>
  );
}

interface TableRowProps {
  readonly row: TableDays;
  readonly isReadOnly: boolean;
  readonly tableFault: string | undefined;
  readonly fault: string | undefined;
  change(part: Partial<TableDays>): void;
  remove(): void;
}

function TableRow({ row, isReadOnly, tableFault, fault, change, remove }: TableRowProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  return (
    <div className={styles.row}>
      <Field
        className={styles.table}
        label={t('retention.table')}
        {...(tableFault === undefined ? {} : { validationMessage: tableFault })}
      >
        <Input
          value={row.table}
          maxLength={100}
          readOnly={isReadOnly}
          onChange={(_event, { value }) => change({ table: value })}
        />
      </Field>
      <DaysField
        label={t('retention.tableDays')}
        value={row.days}
        isReadOnly={isReadOnly}
        fault={fault}
        change={(value) => change({ days: value })}
      />
      <PermittedButton any={choosing} onClick={remove}>
        {t('removeRow')}
      </PermittedButton>
    </div>
  );
}

interface DaysFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly fault: string | undefined;
  change(value: string): void;
}

function DaysField({ label, hint, value, isReadOnly, fault, change }: DaysFieldProps) {
  const styles = useStyles();
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...(fault === undefined ? {} : { validationMessage: fault })}
    >
      <Input
        className={styles.days}
        value={value}
        maxLength={5}
        inputMode="numeric"
        readOnly={isReadOnly}
        onChange={(_event, typed) => change(typed.value)}
      />
    </Field>
  );
}

/** What is wrong with the names, by row: missing, or a table for which there is a row above. */
function tableFaults(tables: readonly TableDays[], t: Translate<'settings'>): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  const seen = new Set<string>();
  for (const { key, table } of tables) {
    // The server takes them in any letter case.
    const name = table.trim().toLowerCase();
    if (name === '') faults.set(key, t('fault.missing'));
    else if (seen.has(name)) faults.set(key, t('retention.twice'));
    seen.add(name);
  }
  return faults;
}

/** What is no longer there is taken back, by name. */
function bodyOf(days: string, tables: readonly TableDays[], present: Retention) {
  const chosen: Record<string, number | null> = Object.fromEntries(present.tables.map(({ table }) => [table, null]));
  for (const each of tables) chosen[each.table.trim()] = Number(each.days);
  return { days: days.trim() === '' ? null : Number(days), tables: chosen };
}
