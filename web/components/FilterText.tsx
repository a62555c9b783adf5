import { Input, Label, makeStyles } from '@fluentui/react-components';
import { useEffect, useId, useState } from 'react';
import type { ListState } from './list-state.ts';

const useStyles = makeStyles({
  filter: { display: 'flex', flexDirection: 'column', gap: '2px', minWidth: 0, maxWidth: '100%' },
  input: { minWidth: 0, width: '180px', maxWidth: '100%' },
});

interface FilterTextProps {
  readonly label: string;
  /** The filter's name in the address. */
  readonly name: string;
  readonly state: ListState;
  /** Values to choose from while typing; others count as well. */
  readonly suggestions?: readonly string[];
}

/** A filter of a ServerTable whose value is typed; it counts when the field is left, or at the Enter key. */
export function FilterText({ label, name, state, suggestions = [] }: FilterTextProps) {
  const styles = useStyles();
  const id = useId();
  const now = state.filters[name] ?? '';
  const [typed, setTyped] = useState(now);
  useEffect(() => setTyped(now), [now]);
  const take = () => typed.trim() !== now && state.change({ [name]: typed.trim() });
  return (
    <div className={styles.filter}>
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        className={styles.input}
        value={typed}
        maxLength={300}
        {...(suggestions.length === 0 ? {} : { list: `${id}-list` })}
        onChange={(_event, { value }) => setTyped(value)}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
      {suggestions.length > 0 && (
        <datalist id={`${id}-list`}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </div>
  );
}
