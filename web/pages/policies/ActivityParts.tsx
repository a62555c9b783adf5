import { Checkbox, Field, Input, Radio, RadioGroup } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { FilterPart } from './FilterPart.tsx';
import { fault, type PartProps, useFormStyles } from './GeneralParts.tsx';

/** Of activity policies: which activities, and how often within how long. */
export function ActivityParts(props: PartProps & { readonly error: unknown }) {
  const t = useTexts('policies');
  return (
    <>
      <FilterPart {...props} title={t('form.activities')} records="activity-policies" />
      <RepetitionPart {...props} />
    </>
  );
}

function RepetitionPart({ fields, faults, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  return (
    <Section title={t('form.repetition')}>
      <div className={styles.fields}>
        <RadioGroup
          aria-label={t('form.repetition')}
          value={fields.isRepeated ? 'repeated' : 'single'}
          onChange={(_event, { value }) => change({ isRepeated: value === 'repeated' })}
        >
          <Radio value="single" label={t('form.single')} />
          <Radio value="repeated" label={t('form.repeated')} />
        </RadioGroup>
        {fields.isRepeated && (
          <>
            <div className={styles.row}>
              <Field label={t('form.count')} required {...fault(faults.count)}>
                <Input
                  inputMode="numeric"
                  maxLength={9}
                  value={fields.count}
                  onChange={(_event, { value }) => change({ count: value })}
                />
              </Field>
              <Field label={t('form.minutes')} required {...fault(faults.minutes)}>
                <Input
                  inputMode="numeric"
                  maxLength={9}
                  value={fields.minutes}
                  onChange={(_event, { value }) => change({ minutes: value })}
                />
              </Field>
            </div>
            <div>
              {(['sameUser', 'sameApp', 'uniqueTargets'] as const).map((name) => (
                <div key={name}>
                  <Checkbox
                    label={t(`form.${name}`)}
                    checked={fields[name]}
                    onChange={(_event, { checked }) => change({ [name]: checked === true })}
                  />
                </div>
              ))}
            </div>
          </>
        )}
      </div>
    </Section>
  );
}
