import { Checkbox, Field, makeStyles } from '@fluentui/react-components';

const useStyles = makeStyles({
  boxes: {
    display: 'flex',
    flexDirection: 'column',
    margin: 0,
    padding: 0,
    border: 0,
    minWidth: 0,
    overflowWrap: 'anywhere',
  },
});

interface BoxGroupProps {
  readonly label: string;
  readonly hint: string;
  readonly fault?: string | undefined;
  readonly isRequired?: boolean;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly chosen: readonly string[];
  change(chosen: string[]): void;
}

/** Any of several values, a box each. */
export function BoxGroup({ label, hint, fault, isRequired = false, options, chosen, change }: BoxGroupProps) {
  const styles = useStyles();
  return (
    <Field
      label={label}
      hint={hint}
      required={isRequired}
      {...(fault === undefined ? {} : { validationMessage: fault })}
    >
      {(props) => (
        // A group has a name and a description; what else a field says of itself is for controls.
        <fieldset
          className={styles.boxes}
          aria-labelledby={props['aria-labelledby']}
          aria-describedby={props['aria-describedby']}
        >
          {options.map(([value, text]) => (
            <Checkbox
              key={value}
              label={text}
              checked={chosen.includes(value)}
              onChange={(_event, { checked }) =>
                change(checked === true ? [...chosen, value] : chosen.filter((each) => each !== value))
              }
            />
          ))}
        </fieldset>
      )}
    </Field>
  );
}
