import { Button, Field, Input, makeStyles } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import { useState } from 'react';

const useStyles = makeStyles({
  input: { width: '100%', fontFamily: 'ui-monospace, SFMono-Regular, Consolas, monospace' },
});

interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  /** On the button before and after. */
  readonly copyText: string;
  readonly copiedText: string;
  readonly hint?: string;
}

/** A value to take along: read only, selected when focused, with a button that copies it. */
export function CopyField({ label, value, copyText, copiedText, hint }: CopyFieldProps) {
  const styles = useStyles();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      <Input
        className={styles.input}
        readOnly
        value={value}
        onFocus={(event) => event.target.select()}
        contentAfter={
          <Button
            appearance="transparent"
            size="small"
            icon={isCopied ? <CheckmarkRegular /> : <CopyRegular />}
            aria-label={`${isCopied ? copiedText : copyText}: ${label}`}
            onClick={() => void copy()}
          >
            {isCopied ? copiedText : copyText}
          </Button>
        }
      />
    </Field>
  );
}
