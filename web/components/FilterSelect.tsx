import { Label, makeStyles, Select } from '@fluentui/react-components';
import { useId } from 'react';
import { useTexts } from '../i18n/texts.ts';
import type { ListState } from './list-state.ts';

const useStyles = makeStyles({
  filter: { display: 'flex', flexDirection: 'column', gap: '2px', minWidth: 0, maxWidth: '100%' },
  // Options may be long; the box shows what fits.
  select: { minWidth: 0, maxWidth: 'min(280px, 100%)', '& select': { minWidth: 0, textOverflow: 'ellipsis' } },
});

interface FilterSelectProps {
  readonly label: string;
  /** The filter's name in the address. */
  readonly name: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly state: ListState;
  /** What the list shows while nothing is chosen; all of it unless said otherwise. */
  readonly unsetText?: string;
}

/** One of several values, or all: a filter of a ServerTable. */
export function FilterSelect({ label, name, options, state, unsetText }: FilterSelectProps) {
  const styles = useStyles();
  const t = useTexts('common');
  const id = useId();
  return (
    <div className={styles.filter}>
      <Label htmlFor={id}>{label}</Label>
      <Select
        id={id}
        className={styles.select}
        value={state.filters[name] ?? ''}
        onChange={(_event, { value }) => state.change({ [name]: value })}
      >
        <option value="">{unsetText ?? t('list.all')}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
    </div>
  );
}
