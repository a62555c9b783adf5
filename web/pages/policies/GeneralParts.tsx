// The parts that policies of several types share: name and state, alerts, and whose activities count.
import { Field, Input, makeStyles, Select, Switch, Textarea } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { useWords } from '../incidents/words.ts';
import type { Faults } from './checks.ts';
import type { PolicyFields } from './fields.ts';
import { GroupField } from './GroupField.tsx';
import { risks, severities } from './words.ts';

export interface PartProps {
  readonly fields: PolicyFields;
  readonly faults: Faults;
  change(part: Partial<PolicyFields>): void;
}

export const useFormStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: '14px', minWidth: 0 },
  row: { display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(220px, 100%), 1fr))', gap: '14px' },
  select: { minWidth: 0, '& select': { minWidth: 0, textOverflow: 'ellipsis' } },
});

/** What is wrong with a field, for a Fluent Field. */
export function fault(text: string | undefined) {
  return text === undefined ? {} : { validationMessage: text };
}

/** Name, description, severity, category and state; of a detection the state alone. */
export function GeneralPart({ fields, faults, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  const isDetection = fields.type === 'ANOMALY_DETECTION';
  return (
    <Section title={t('form.general')}>
      <div className={styles.fields}>
        {!isDetection && (
          <>
            <Field label={t('form.name')} required {...fault(faults.name)}>
              <Input maxLength={200} value={fields.name} onChange={(_event, { value }) => change({ name: value })} />
            </Field>
            <Field label={t('form.description')} {...fault(faults.description)}>
              <Textarea
                maxLength={2000}
                resize="vertical"
                value={fields.description}
                onChange={(_event, { value }) => change({ description: value })}
              />
            </Field>
            <Rating fields={fields} faults={faults} change={change} />
          </>
        )}
        <Switch
          label={t('form.enabled')}
          checked={fields.isEnabled}
          onChange={(_event, { checked }) => change({ isEnabled: checked })}
        />
      </div>
    </Section>
  );
}

/** Severity and category; the category of app discovery policies is always the same. */
function Rating({ fields, faults, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  const words = useWords();
  return (
    <div className={styles.row}>
      <Field label={t('list.severity')} {...fault(faults.severity)}>
        <Select
          className={styles.select}
          value={fields.severity}
          onChange={(_event, { value }) => change({ severity: value })}
        >
          {severities.map((each) => (
            <option key={each} value={each}>
              {words.severity(each)}
            </option>
          ))}
        </Select>
      </Field>
      {fields.type === 'AUDIT' && (
        <Field label={t('list.category')} {...fault(faults.riskCategory)}>
          <Select
            className={styles.select}
            value={fields.riskCategory}
            onChange={(_event, { value }) => change({ riskCategory: value })}
          >
            {risks.map(([number, key]) => (
              <option key={number} value={number}>
                {t(key)}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </div>
  );
}

/** How many alerts a day there may be. */
export function AlertPart({ fields, faults, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  return (
    <Section title={t('form.alerts')}>
      <div className={styles.fields}>
        <Field label={t('form.dailyLimit')} hint={t('form.dailyLimitHint')} required {...fault(faults.dailyAlertLimit)}>
          <Input
            inputMode="numeric"
            maxLength={9}
            value={fields.dailyAlertLimit}
            onChange={(_event, { value }) => change({ dailyAlertLimit: value })}
          />
        </Field>
      </div>
    </Section>
  );
}

/** Whose activities count. */
export function ScopePart({ fields, faults, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  return (
    <Section title={t('form.scope')}>
      <div className={styles.fields}>
        <GroupField
          label={t('form.include')}
          hint={t('form.groupHint')}
          fault={faults.includeGroups}
          ids={fields.includeGroups}
          onChange={(includeGroups) => change({ includeGroups })}
        />
        <GroupField
          label={t('form.exclude')}
          hint={t('form.excludeHint')}
          fault={faults.excludeGroups}
          ids={fields.excludeGroups}
          onChange={(excludeGroups) => change({ excludeGroups })}
        />
      </div>
    </Section>
  );
}
