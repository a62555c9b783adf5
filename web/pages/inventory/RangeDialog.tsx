import { Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { type Translate, useTexts } from '../../i18n/texts.ts';
import { putRange, type RangeRecord } from './calls.ts';
import { useCountryName } from './countries.ts';
import { rangeCategories } from './filters.ts';
import { linesOf } from './lines.ts';

interface RangeDialogProps {
  /** The one to change; absent for a new one. */
  readonly range?: RangeRecord;
  onDone(): Promise<void>;
  onClose(): void;
}

interface Draft {
  readonly name: string;
  readonly category: string;
  /** One range a line. */
  readonly subnets: string;
  /** One tag a line. */
  readonly tags: string;
  readonly organization: string;
  readonly country: string;
}

type Faults = Partial<Record<keyof Draft, string>>;

/** An IP range: its addresses, and what is to be known of them. What is wrong stands at the field. */
export function RangeDialog({ range, onDone, onClose }: RangeDialogProps) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const countryName = useCountryName();
  const [draft, setDraft] = useState(() => draftOf(range));
  const [faults, setFaults] = useState<Faults>({});
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const fault = (name: keyof Draft) => (faults[name] === undefined ? {} : { validationMessage: faults[name] });
  const submit = async () => {
    const missing = missingIn(draft, t);
    setFaults(missing);
    if (Object.keys(missing).length > 0) return false;
    try {
      await putRange(range?._id, bodyOf(draft));
    } catch (error) {
      const found = faultOf(error, t);
      if (found === undefined) throw error;
      setFaults(found);
      return false;
    }
    return await onDone();
  };
  const country = draft.country.trim().toUpperCase();
  return (
    <FormDialog
      title={range ? t('range.edit', { name: range.name }) : t('range.add')}
      submitText={range ? common('action.save') : common('action.add')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={t('range.name')} required {...fault('name')}>
        <Input
          value={draft.name}
          maxLength={200}
          autoComplete="off"
          onChange={(_e, { value }) => set({ name: value })}
        />
      </Field>
      <Field label={t('range.ranges')} hint={t('range.rangesHint')} required {...fault('subnets')}>
        <Textarea
          value={draft.subnets}
          rows={4}
          resize="vertical"
          onChange={(_e, { value }) => set({ subnets: value })}
        />
      </Field>
      <Field label={t('range.category')} hint={t('range.categoryHint')} required {...fault('category')}>
        <Select value={draft.category} onChange={(_e, { value }) => set({ category: value })}>
          {rangeCategories.slice(1).map((each, index) => (
            <option key={each} value={index + 1}>
              {t(`category.${each}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('range.tags')} hint={t('range.tagsHint')} {...fault('tags')}>
        <Textarea value={draft.tags} rows={2} resize="vertical" onChange={(_e, { value }) => set({ tags: value })} />
      </Field>
      <Field label={t('range.organization')} hint={t('range.organizationHint')} {...fault('organization')}>
        <Input
          value={draft.organization}
          maxLength={200}
          autoComplete="off"
          onChange={(_e, { value }) => set({ organization: value })}
        />
      </Field>
      <Field
        label={t('range.country')}
        hint={/^[A-Z]{2}$/.test(country) ? countryName(country) : t('range.countryHint')}
        {...fault('country')}
      >
        <Input
          value={draft.country}
          maxLength={2}
          autoComplete="off"
          onChange={(_e, { value }) => set({ country: value })}
        />
      </Field>
    </FormDialog>
  );
}

function draftOf(range: RangeRecord | undefined): Draft {
  return {
    name: range?.name ?? '',
    category: String(range?.category ?? 1),
    subnets: (range?.subnets ?? []).map(({ originalString }) => originalString).join('\n'),
    tags: (range?.tags ?? []).map(({ name }) => name).join('\n'),
    organization: range?.organization ?? '',
    country: range?.location?.countryCode ?? '',
  };
}

function bodyOf({ name, category, subnets, tags, organization, country }: Draft) {
  return {
    name: name.trim(),
    category: Number(category),
    subnets: linesOf(subnets),
    tags: linesOf(tags),
    organization: organization.trim(),
    location: country.trim() === '' ? null : { countryCode: country.trim().toUpperCase() },
  };
}

function missingIn({ name, subnets }: Draft, t: Translate<'inventory'>): Faults {
  return {
    ...(name.trim() === '' ? { name: t('fault.name') } : {}),
    ...(linesOf(subnets).length === 0 ? { subnets: t('fault.subnets') } : {}),
  };
}

/** Fields of the API that are called otherwise here. */
const fieldNames: Readonly<Record<string, keyof Draft>> = {
  name: 'name',
  subnets: 'subnets',
  category: 'category',
  tags: 'tags',
  organization: 'organization',
  location: 'country',
};

/** At which field the server's sentence belongs; undefined when it is about none of them. */
function faultOf(error: unknown, t: Translate<'inventory'>): Faults | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const { code, fields, message } = error;
  const said = (text: string) => `${text} ${message}`;
  switch (code) {
    case 'subnet-name-taken':
      return { name: said(t('fault.nameTaken')) };
    case 'subnets-overlap':
      return { subnets: said(t('fault.overlap')) };
    case 'too-many-subnets':
      return { subnets: said(t('fault.tooMany')) };
    case 'too-many-ip-tags':
      return { tags: said(t('fault.tooMany')) };
  }
  const field = fields[0]?.field;
  if (field === undefined || !Object.hasOwn(fieldNames, field)) return undefined;
  const name = fieldNames[field];
  return name === undefined ? undefined : { [name]: said(t(field === 'subnets' ? 'fault.noRange' : 'fault.refused')) };
}
