import { Checkbox, Field, Input, Select, Spinner, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { may, useSession } from '../../api/session.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { builtInTags, reportsQuery } from '../discovery/app-calls.ts';
import { appTagsQuery } from './app-tags.ts';
import { FilterPart } from './FilterPart.tsx';
import { fault, type PartProps, useFormStyles } from './GeneralParts.tsx';
import { isOfBytes, measures } from './settings.ts';

/** Of app discovery policies: which apps, over which thresholds, in which reports, and what happens to them. */
export function AppParts(props: PartProps & { readonly error: unknown }) {
  const t = useTexts('policies');
  return (
    <>
      <FilterPart {...props} title={t('form.apps')} records="app-policies" />
      <ThresholdPart {...props} />
      <ReportPart {...props} />
      <TagPart {...props} />
    </>
  );
}

function ThresholdPart({ fields, faults, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  return (
    <Section title={t('form.thresholds')}>
      <Text>{t('form.thresholdsLead')}</Text>
      <div className={styles.row}>
        {measures.map((name) => {
          const label = t(`measure.${name}`);
          return (
            <Field
              key={name}
              label={isOfBytes(name) ? t('form.megabytes', { name: label }) : label}
              {...fault(faults[name])}
            >
              <Input
                inputMode="decimal"
                maxLength={16}
                value={fields.daily[name]}
                onChange={(_event, { value }) => change({ daily: { ...fields.daily, [name]: value } })}
              />
            </Field>
          );
        })}
      </div>
    </Section>
  );
}

function ReportPart({ fields, change }: PartProps) {
  const t = useTexts('policies');
  const discovery = useTexts('discovery');
  const common = useTexts('common');
  const isAllowed = may(useSession(), 'Discovery.read');
  const { data, error, refetch, isLoading } = useQuery({ ...reportsQuery, enabled: isAllowed });
  const reports = (data?.items ?? []).filter(({ kind }) => kind !== 'snapshot');
  const choose = (id: string, isChosen: boolean) =>
    change({ reports: isChosen ? [...fields.reports, id] : fields.reports.filter((each) => each !== id) });
  return (
    <Section title={t('form.reports')}>
      <Text>{t('form.reportsLead')}</Text>
      {!isAllowed && <Text>{common('state.forbiddenDetail', { permissions: 'Discovery.read' })}</Text>}
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {isLoading && <Spinner label={common('state.loading')} />}
      {data && reports.length === 0 && <Text>{t('form.noReports')}</Text>}
      <div>
        {reports.map(({ id, name, kind }) => (
          <div key={id}>
            <Checkbox
              label={kind === 'global' ? discovery('kinds.global') : name}
              checked={fields.reports.includes(id)}
              onChange={(_event, { checked }) => choose(id, checked === true)}
            />
          </div>
        ))}
      </div>
    </Section>
  );
}

function TagPart({ fields, change }: PartProps) {
  const styles = useFormStyles();
  const t = useTexts('policies');
  const discovery = useTexts('discovery');
  const isAllowed = may(useSession(), 'Discovery.read');
  const { data, error, refetch } = useQuery({ ...appTagsQuery, enabled: isAllowed });
  const names = data?.items.map(({ name }) => name) ?? [];
  // One that is chosen stays to be seen, whatever may be read of the others.
  const offered = fields.tag === '' || names.includes(fields.tag) ? names : [...names, fields.tag];
  const wordOf = (name: string) => {
    const known = builtInTags.find((each) => each === name);
    return known === undefined ? name : discovery(`tag.${known}`);
  };
  return (
    <Section title={t('form.governance')}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      <div className={styles.fields}>
        <Field label={t('form.tag')} hint={t('form.tagHint')}>
          <Select className={styles.select} value={fields.tag} onChange={(_event, { value }) => change({ tag: value })}>
            <option value="">{t('form.noTag')}</option>
            {offered.map((name) => (
              <option key={name} value={name}>
                {wordOf(name)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </Section>
  );
}
