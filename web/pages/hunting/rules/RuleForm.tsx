import { Button, Field, Input, makeStyles, Select, Switch, Textarea } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { PermittedButton } from '../../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../../components/states.tsx';
import { useTexts } from '../../../i18n/texts.ts';
import { Section } from '../../../ui/Page.tsx';
import { changeRules, dryRunBody, type RuleBody, type RuleChoices } from '../api.ts';
import { DryRunArea } from './DryRunArea.tsx';
import { bodyOf, type RuleFields } from './rule-fields.ts';
import { isPeriod, isSeverity } from './words.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: '24px', maxWidth: '880px' },
  fields: { display: 'flex', flexDirection: 'column', gap: '14px' },
  row: { display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))', gap: '14px' },
  query: { fontFamily: 'ui-monospace, SFMono-Regular, Consolas, monospace' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

interface RuleFormProps {
  readonly given: RuleFields;
  readonly choices: RuleChoices;
  /** Rejects with what the server says of it. */
  onSave(body: RuleBody): Promise<void>;
  onCancel(): void;
}

/** A detection rule: its query, when it runs, and the alert that it raises. It can be tried before it is kept. */
export function RuleForm({ given, choices, onSave, onCancel }: RuleFormProps) {
  const styles = useStyles();
  const common = useTexts('common');
  const [fields, setFields] = useState(given);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<RuleFields>) => setFields((before) => ({ ...before, ...part }));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    await onSave(bodyOf(fields, choices))
      .catch(setError)
      .finally(() => setBusy(false));
  }

  const parts = { fields, choices, change };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <RulePart {...parts} />
      <AlertPart {...parts} />
      <AssetPart {...parts} />
      <DryRunArea run={(signal) => dryRunBody(bodyOf(fields, choices), signal)} />
      {error !== undefined && <ProblemNotice error={error} />}
      <div className={styles.actions}>
        <PermittedButton any={[changeRules]} appearance="primary" type="submit" disabled={isBusy}>
          {common('action.save')}
        </PermittedButton>
        <Button disabled={isBusy} onClick={onCancel}>
          {common('action.cancel')}
        </Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly fields: RuleFields;
  readonly choices: RuleChoices;
  change(part: Partial<RuleFields>): void;
}

const required = true;

function RulePart({ fields, choices, change }: PartProps) {
  const styles = useStyles();
  const t = useTexts('hunting');
  return (
    <Section title={t('rules.rule')}>
      <div className={styles.fields}>
        <div className={styles.row}>
          <Field label={t('rules.name')} required={required}>
            <Input
              maxLength={200}
              value={fields.displayName}
              onChange={(_event, { value }) => change({ displayName: value })}
            />
          </Field>
          <Field label={t('rules.frequency')} required={required}>
            <Select value={fields.period} onChange={(_event, { value }) => change({ period: value })}>
              {choices.periods.map((period) => (
                <option key={period} value={period}>
                  {isPeriod(period) ? t(`rules.periods.${period}`) : period}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Field label={t('rules.query')} hint={t('rules.queryHint')} required={required}>
          <Textarea
            resize="vertical"
            rows={8}
            spellCheck={false}
            textarea={{ className: styles.query }}
            maxLength={65_536}
            value={fields.queryText}
            onChange={(_event, { value }) => change({ queryText: value })}
          />
        </Field>
        <Switch
          label={t('rules.enabled')}
          checked={fields.isEnabled}
          onChange={(_event, { checked }) => change({ isEnabled: checked })}
        />
      </div>
    </Section>
  );
}

function AlertPart({ fields, choices, change }: PartProps) {
  const styles = useStyles();
  const t = useTexts('hunting');
  return (
    <Section title={t('rules.alert')}>
      <div className={styles.fields}>
        <Field label={t('rules.title')} hint={t('rules.titleHint', { example: '{{DeviceName}}' })} required={required}>
          <Input maxLength={500} value={fields.title} onChange={(_event, { value }) => change({ title: value })} />
        </Field>
        <Field label={t('rules.description')} required={required}>
          <Textarea
            maxLength={10_000}
            value={fields.description}
            onChange={(_event, { value }) => change({ description: value })}
          />
        </Field>
        <div className={styles.row}>
          <Field label={t('rules.severity')} required={required}>
            <Select value={fields.severity} onChange={(_event, { value }) => change({ severity: value })}>
              {choices.severities.map((severity) => (
                <option key={severity} value={severity}>
                  {isSeverity(severity) ? t(`rules.severities.${severity}`) : severity}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t('rules.category')} required={required}>
            <Select value={fields.category} onChange={(_event, { value }) => change({ category: value })}>
              {choices.categories.map((category) => (
                <option key={category} value={category}>
                  {category}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t('rules.techniques')} hint={t('rules.techniquesHint')}>
            <Input
              maxLength={1000}
              value={fields.techniques}
              onChange={(_event, { value }) => change({ techniques: value })}
            />
          </Field>
        </div>
        <Field label={t('rules.recommended')}>
          <Textarea
            maxLength={10_000}
            value={fields.recommendedActions}
            onChange={(_event, { value }) => change({ recommendedActions: value })}
          />
        </Field>
      </div>
    </Section>
  );
}

const assetTexts = {
  device: 'rules.assets.device',
  user: 'rules.assets.user',
  mailbox: 'rules.assets.mailbox',
} as const;

function AssetPart({ fields, choices, change }: PartProps) {
  const styles = useStyles();
  const t = useTexts('hunting');
  return (
    <Section title={t('rules.assets.title')}>
      <div className={styles.fields}>
        {t('rules.assets.lead')}
        <div className={styles.row}>
          {choices.assets.map(({ kind, identifiers }) => (
            <Field key={kind} label={kind in assetTexts ? t(assetTexts[kind as keyof typeof assetTexts]) : kind}>
              <Select
                value={fields.assets[kind] ?? ''}
                onChange={(_event, { value }) => change({ assets: { ...fields.assets, [kind]: value } })}
              >
                <option value="">{t('rules.assets.none')}</option>
                {identifiers.map((identifier) => (
                  <option key={identifier} value={identifier}>
                    {identifier}
                  </option>
                ))}
              </Select>
            </Field>
          ))}
        </div>
      </div>
    </Section>
  );
}
