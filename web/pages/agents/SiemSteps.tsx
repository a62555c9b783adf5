// The steps of the wizard of SIEM agents.
import { Field, Input, Radio, RadioGroup, Select, Spinner, Switch } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FilterBuilder } from '../../components/FilterBuilder.tsx';
import { filterFieldsQuery } from '../../components/filter-fields.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import {
  type DataDraft,
  type DataType,
  dataTypes,
  formats,
  protocols,
  type SiemDraft,
  type SiemFaults,
  timeFormats,
} from './siem-draft.ts';

interface StepProps {
  readonly draft: SiemDraft;
  readonly faults: SiemFaults;
  change(part: Partial<SiemDraft>): void;
}

export function GeneralStep({ draft, faults, change }: StepProps) {
  const t = useTexts('agents');
  const required = true;
  return (
    <>
      <Field
        label={t('list.name')}
        hint={t('wizard.nameHint')}
        required={required}
        {...(faults.name ? { validationMessage: t(faults.name) } : {})}
      >
        <Input
          value={draft.name}
          maxLength={64}
          autoFocus
          autoComplete="off"
          onChange={(_event, { value }) => change({ name: value })}
        />
      </Field>
      <Choice
        label={t('siem.format')}
        value={draft.format}
        options={formats}
        text={(each) => t(`siem.formats.${each}`)}
        choose={(format) => change({ format })}
      />
      <Choice
        label={t('siem.timeFormat')}
        value={draft.timeFormat}
        options={timeFormats}
        text={(each) => t(`siem.timeFormats.${each}`)}
        choose={(timeFormat) => change({ timeFormat })}
      />
      <Switch
        label={t('siem.includesPri')}
        checked={draft.includesPri}
        onChange={(_event, { checked }) => change({ includesPri: checked })}
      />
      <Switch
        label={t('siem.includesSystemName')}
        checked={draft.includesSystemName}
        onChange={(_event, { checked }) => change({ includesSystemName: checked })}
      />
    </>
  );
}

export function TargetStep({ draft, faults, change }: StepProps) {
  const t = useTexts('agents');
  const required = true;
  return (
    <>
      <Field
        label={t('siem.host')}
        hint={t('siem.hostHint')}
        required={required}
        {...(faults.remoteHost ? { validationMessage: t(faults.remoteHost) } : {})}
      >
        <Input
          value={draft.remoteHost}
          maxLength={300}
          autoFocus
          autoComplete="off"
          onChange={(_event, { value }) => change({ remoteHost: value })}
        />
      </Field>
      <Field
        label={t('siem.port')}
        required={required}
        {...(faults.remotePort ? { validationMessage: t(faults.remotePort) } : {})}
      >
        <Input
          value={draft.remotePort}
          maxLength={5}
          inputMode="numeric"
          onChange={(_event, { value }) => change({ remotePort: value })}
        />
      </Field>
      <Choice
        label={t('siem.protocol')}
        value={draft.protocol}
        options={protocols}
        text={(each) => t(`siem.protocols.${each}`)}
        choose={(protocol) => change({ protocol })}
      />
    </>
  );
}

export function TypesStep({ draft, faults, change }: StepProps) {
  return dataTypes.map((type) => <TypeFields key={type} type={type} draft={draft} faults={faults} change={change} />);
}

function TypeFields({ type, draft, faults, change }: StepProps & { type: DataType }) {
  const t = useTexts('agents');
  const part = draft[type];
  const fault = faults[type];
  return (
    <>
      <Field label={t(`siem.${type}`)} {...(fault && part.choice !== 'some' ? { validationMessage: t(fault) } : {})}>
        <RadioGroup
          value={part.choice}
          onChange={(_event, { value }) => {
            const choice = value === 'none' || value === 'some' ? value : 'all';
            change({ [type]: { ...part, choice } });
          }}
        >
          <Radio value="all" label={t('siem.sendAll')} />
          <Radio value="some" label={t('siem.sendSome')} />
          <Radio value="none" label={t('siem.sendNone')} />
        </RadioGroup>
      </Field>
      {part.choice === 'some' && (
        <Field {...(fault ? { validationMessage: t(fault) } : {})}>
          <div>
            <TypeFilters type={type} part={part} change={(data) => change({ [type]: { ...part, ...data } })} />
          </div>
        </Field>
      )}
    </>
  );
}

interface TypeFiltersProps {
  readonly type: DataType;
  readonly part: DataDraft;
  change(part: Pick<DataDraft, 'filters' | 'isWhole'>): void;
}

/** Only what matches is sent: conditions in the fields of that list. */
function TypeFilters({ type, part, change }: TypeFiltersProps) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const known = useQuery(filterFieldsQuery(type));
  if (known.error) return <ProblemNotice error={known.error} retry={() => void known.refetch()} />;
  if (!known.data) return <Spinner label={common('state.loading')} />;
  return (
    <FilterBuilder
      label={t(`siem.${type}Filters`)}
      fields={known.data.fields}
      value={part.filters}
      onChange={(filters, isWhole) => change({ filters, isWhole })}
    />
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  text(option: Value): string;
  choose(option: Value): void;
}

function Choice<Value extends string>({ label, value, options, text, choose }: ChoiceProps<Value>): ReactNode {
  return (
    <Field label={label}>
      <Select
        value={value}
        onChange={(_event, chosen) => {
          const option = options.find((each) => each === chosen.value);
          if (option !== undefined) choose(option);
        }}
      >
        {options.map((each) => (
          <option key={each} value={each}>
            {text(each)}
          </option>
        ))}
      </Select>
    </Field>
  );
}
