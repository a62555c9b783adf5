import { Field, Select, Textarea } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { fault, type PartProps, useFormStyles } from './GeneralParts.tsx';
import { decoyDetection, leaverDetection } from './settings.ts';

const sensitivities = ['high', 'medium', 'low'] as const;

/** Of built-in detections: how easily they report, and what two of them have to be told. */
export function DetectionParts({ fields, faults, change, policyId }: PartProps & { readonly policyId: string }) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  return (
    <Section title={t('form.detection')}>
      <div className={styles.fields}>
        <Field label={t('def.sensitivity')} hint={t('form.sensitivityHint')} {...fault(faults.sensitivity)}>
          <Select
            className={styles.select}
            value={fields.sensitivity}
            onChange={(_event, { value }) => change({ sensitivity: value })}
          >
            {sensitivities.map((each) => (
              <option key={each} value={each}>
                {t(`sensitivity.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        {policyId === decoyDetection && (
          <Field label={t('def.decoys')} hint={t('form.decoysHint')}>
            <Textarea
              rows={5}
              resize="vertical"
              maxLength={65_000}
              spellCheck={false}
              value={fields.decoys}
              onChange={(_event, { value }) => change({ decoys: value })}
            />
          </Field>
        )}
        {policyId === leaverDetection && (
          <Field label={t('def.leavers')} hint={t('form.leaversHint')} {...fault(faults.leavers)}>
            <Textarea
              rows={5}
              resize="vertical"
              maxLength={65_000}
              spellCheck={false}
              value={fields.leavers}
              onChange={(_event, { value }) => change({ leavers: value })}
            />
          </Field>
        )}
      </div>
    </Section>
  );
}
