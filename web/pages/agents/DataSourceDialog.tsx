import { Button, Field, Input, Select, Switch } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { type CustomParser, type DataSource, logKindsQuery, putSource, type SourceBody } from './calls.ts';
import { ParserDialog } from './ParserDialog.tsx';
import { receivers } from './receivers.ts';

interface DataSourceDialogProps {
  /** The one to change; absent for a new one. */
  readonly source?: DataSource;
  onDone(): void;
  onClose(): void;
}

const customKind = 'CUSTOM_PARSER';

/** An appliance whose logs come in: its name, kind of log, and how a collector receives it. */
export function DataSourceDialog({ source, onDone, onClose }: DataSourceDialogProps) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const [draft, setDraft] = useState(() => draftOf(source));
  const [parser, setParser] = useState<CustomParser>();
  const [isDefining, setDefining] = useState(false);
  const [isTried, setTried] = useState(false);
  const isNamed = /^[A-Za-z0-9_-]{1,64}$/.test(draft.name);
  const isCustom = draft.source === customKind;
  const hasParser = parser !== undefined || (source?.hasCustomParser ?? false);
  const submit = async () => {
    setTried(true);
    if (!isNamed || draft.source === '') return false;
    await putSource(source?.id, bodyOf(draft, parser, source));
    return onDone();
  };
  const required = true;
  if (isDefining) {
    return (
      <ParserDialog
        {...(source?.hasCustomParser ? { sourceId: source.id } : {})}
        {...(parser ? { parser } : {})}
        onDone={(defined) => {
          setParser(defined);
          setDefining(false);
        }}
        onClose={() => setDefining(false)}
      />
    );
  }
  return (
    <FormDialog
      title={source ? t('source.editTitle', { name: source.name }) : t('source.add')}
      submitText={common('action.save')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={t('list.name')}
        hint={t('wizard.nameHint')}
        required={required}
        {...(isTried && !isNamed ? { validationMessage: t('fault.name') } : {})}
      >
        <Input
          value={draft.name}
          maxLength={64}
          autoFocus
          autoComplete="off"
          onChange={(_event, { value }) => setDraft({ ...draft, name: value })}
        />
      </Field>
      <KindField
        value={draft.source}
        isMissing={isTried && draft.source === ''}
        choose={(kind) => setDraft({ ...draft, source: kind })}
      />
      {isCustom && (
        <Field label={t('parser.title')} hint={hasParser ? t('parser.defined') : t('parser.default')}>
          <Button onClick={() => setDefining(true)}>{hasParser ? common('action.edit') : t('parser.define')}</Button>
        </Field>
      )}
      <Field label={t('source.receiver')} hint={t('source.receiverHint')}>
        <Select value={draft.receiver} onChange={(_event, { value }) => setDraft({ ...draft, receiver: value })}>
          <option value="">{t('receivers.none')}</option>
          {receivers.map((each) => (
            <option key={each} value={each}>
              {t(`receivers.${each}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('source.comment')}>
        <Input
          value={draft.comment}
          maxLength={500}
          onChange={(_event, { value }) => setDraft({ ...draft, comment: value })}
        />
      </Field>
      <Switch
        label={t('source.anonymize')}
        checked={draft.anonymizeUsers}
        onChange={(_event, { checked }) => setDraft({ ...draft, anonymizeUsers: checked })}
      />
    </FormDialog>
  );
}

interface KindFieldProps {
  readonly value: string;
  readonly isMissing: boolean;
  choose(kind: string): void;
}

function KindField({ value, isMissing, choose }: KindFieldProps) {
  const t = useTexts('agents');
  const kinds = useQuery(logKindsQuery);
  const sorted = (kinds.data?.items ?? []).toSorted((left, right) => left.title.localeCompare(right.title, 'en'));
  const required = true;
  return (
    <>
      {kinds.error && <ProblemNotice error={kinds.error} retry={() => void kinds.refetch()} />}
      <Field
        label={t('source.kind')}
        required={required}
        {...(isMissing ? { validationMessage: t('fault.kind') } : {})}
      >
        <Select value={value} onChange={(_event, chosen) => choose(chosen.value)}>
          <option value="">{t('source.chooseKind')}</option>
          {sorted.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </Select>
      </Field>
    </>
  );
}

interface SourceDraft {
  readonly name: string;
  readonly source: string;
  readonly receiver: string;
  readonly comment: string;
  readonly anonymizeUsers: boolean;
}

function draftOf(source: DataSource | undefined): SourceDraft {
  return {
    name: source?.name ?? '',
    source: source?.source ?? '',
    receiver: source?.receiver ?? '',
    comment: source?.comment ?? '',
    anonymizeUsers: source?.anonymizeUsers ?? false,
  };
}

/** A parser that was there goes when the kind of log is another one; one that was not touched stays. */
function bodyOf(draft: SourceDraft, parser: CustomParser | undefined, source: DataSource | undefined): SourceBody {
  const { receiver, ...rest } = draft;
  const body = { ...rest, receiver: receiver === '' ? null : receiver };
  if (draft.source !== customKind) return source?.hasCustomParser ? { ...body, customParser: null } : body;
  return parser === undefined ? body : { ...body, customParser: parser };
}
