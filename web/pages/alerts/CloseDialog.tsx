import { Field, Radio, RadioGroup, Select, Text, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { type Closing, closeAlerts, closeReasons, closings } from './calls.ts';

interface CloseDialogProps {
  readonly ids: readonly string[];
  /** Whether all of them were closed by this. */
  onDone(isWhole: boolean): Promise<void>;
  onClose(): void;
}

/** Closes alerts: what they turned out to be, why, and what there is to say about it. */
export function CloseDialog({ ids, onDone, onClose }: CloseDialogProps) {
  const t = useTexts('security');
  const [closing, setClosing] = useState<Closing>('close_false_positive');
  const submit = async ({ reason = '', comment = '' }: Readonly<Record<string, string>>) => {
    const reasonId = reason === '' ? null : Number(reason);
    await onDone(await closeAlerts(ids, closing, reasonId, comment.trim()));
  };
  return (
    <FormDialog title={t('close.title')} submitText={t('close.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('close.detail', { count: ids.length })}</Text>
      <Field label={t('close.as')}>
        <RadioGroup
          value={closing}
          onChange={(_event, { value }) => setClosing(closings.find((each) => each === value) ?? closing)}
        >
          {closings.map((each) => (
            <Radio key={each} value={each} label={t(`close.${each}`)} />
          ))}
        </RadioGroup>
      </Field>
      {closeReasons[closing].length > 0 && (
        <Field label={t('close.reason')} key={closing}>
          <Select name="reason">
            <option value="">{t('close.noReason')}</option>
            {closeReasons[closing].map((each) => (
              <option key={each} value={each}>
                {t(`close.reasons.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
      )}
      <Field label={t('comment.label')}>
        <Textarea name="comment" maxLength={4000} resize="vertical" />
      </Field>
    </FormDialog>
  );
}
