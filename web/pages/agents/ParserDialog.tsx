import { Field, Input, makeStyles, Radio, RadioGroup, Select, Spinner, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DetailsFrame } from '../../components/DetailsFrame.tsx';
import { FormDialog } from '../../components/FormDialog.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { type CustomParser, readParser } from './calls.ts';
import { type Fields, fieldsOf, isComplete, parserFields, parserOf, required } from './parser-fields.ts';

const useStyles = makeStyles({
  grid: { display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))', gap: '12px 16px' },
});

interface ParserDialogProps {
  /** The data source whose present definition is shown first. */
  readonly sourceId?: string;
  /** What was defined here before it was saved. */
  readonly parser?: CustomParser;
  onDone(parser: CustomParser): void;
  onClose(): void;
}

/** How a log that no parser knows is read: by the names of its columns. */
export function ParserDialog({ sourceId, parser, onDone, onClose }: ParserDialogProps) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const isStored = sourceId !== undefined && parser === undefined;
  const stored = useQuery({
    queryKey: ['custom-parser', sourceId],
    queryFn: () => readParser(sourceId ?? ''),
    enabled: isStored,
    staleTime: 0,
  });
  if (isStored && !stored.data) {
    return (
      <DetailsFrame title={t('parser.title')} onClose={onClose}>
        {stored.error ? <ProblemNotice error={stored.error} /> : <Spinner label={common('state.loading')} />}
      </DetailsFrame>
    );
  }
  return <ParserForm first={fieldsOf(parser ?? stored.data ?? {})} onDone={onDone} onClose={onClose} />;
}

interface ParserFormProps {
  readonly first: Fields;
  onDone(parser: CustomParser): void;
  onClose(): void;
}

function ParserForm({ first, onDone, onClose }: ParserFormProps) {
  const styles = useStyles();
  const t = useTexts('agents');
  const common = useTexts('common');
  const [fields, setFields] = useState(first);
  const [isTried, setTried] = useState(false);
  const set = (name: string, value: string) => setFields({ ...fields, [name]: value });
  const hasTwo = fields.times === 'two';
  const submit = async () => {
    setTried(true);
    return isComplete(fields) && onDone(parserOf(fields));
  };
  return (
    <FormDialog
      title={t('parser.title')}
      submitText={common('action.done')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Text>{t('parser.lead')}</Text>
      <Field label={t('parser.type')}>
        <Select value={fields.type} onChange={(_event, { value }) => set('type', value)}>
          <option value="csv">{t('parser.csv')}</option>
          <option value="key-value">{t('parser.keyValue')}</option>
        </Select>
      </Field>
      <Field label={t('parser.times')}>
        <RadioGroup value={fields.times ?? 'one'} onChange={(_event, { value }) => set('times', value)}>
          <Radio value="one" label={t('parser.oneColumn')} />
          <Radio value="two" label={t('parser.twoColumns')} />
        </RadioGroup>
      </Field>
      <div className={styles.grid}>
        {parserFields(hasTwo).map((name) => (
          <Field
            key={name}
            label={t(`parser.fields.${name}`)}
            required={required(name)}
            {...(isTried && required(name) && (fields[name] ?? '') === ''
              ? { validationMessage: t('fault.missing') }
              : {})}
          >
            <Input
              value={fields[name] ?? ''}
              maxLength={100}
              autoComplete="off"
              onChange={(_event, { value }) => set(name, value)}
            />
          </Field>
        ))}
      </div>
      {isTried && !isComplete(fields) && <Text role="alert">{t('parser.incomplete')}</Text>}
    </FormDialog>
  );
}
