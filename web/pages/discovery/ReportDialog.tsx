import { Checkbox, Field, Input, makeStyles, Text, Textarea } from '@fluentui/react-components';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { linesOf } from './lines.ts';
import { dataSourcesQuery, groupsQuery, type Report, saveReport } from './settings-calls.ts';

const useStyles = makeStyles({
  choices: { border: 'none', margin: 0, padding: 0, minWidth: 0, display: 'flex', flexDirection: 'column' },
  legend: { padding: 0 },
});

interface ReportDialogProps {
  /** The one to change; without it a new one is made. */
  readonly report?: Report;
  onDone(): Promise<unknown>;
  onClose(): void;
}

/** A report over a part of the traffic: what meets every list that is not empty. */
export function ReportDialog({ report, onDone, onClose }: ReportDialogProps) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const filters = report?.filters;
  const [sources, setSources] = useState<ReadonlySet<string>>(new Set(filters?.dataSources));
  const [groups, setGroups] = useState<ReadonlySet<string>>(new Set(filters?.groups));
  const knownSources = useQuery(dataSourcesQuery);
  const knownGroups = useQuery({ ...groupsQuery, retry: false });
  const required = true;
  return (
    <FormDialog
      title={report ? t('reports.edit') : t('reports.create')}
      submitText={common('action.save')}
      onSubmit={async ({ name = '', comment = '', ipTags = '', ipRanges = '' }) => {
        await saveReport(report?.id, {
          name: name.trim(),
          comment: comment.trim(),
          dataSources: [...sources],
          groups: [...groups],
          ipTags: linesOf(ipTags),
          ipRanges: linesOf(ipRanges),
        });
        await onDone();
      }}
      onClose={onClose}
    >
      <Field label={t('reports.name')} required={required}>
        <Input name="name" maxLength={100} autoComplete="off" autoFocus defaultValue={report?.name ?? ''} />
      </Field>
      <Field label={t('reports.comment')}>
        <Input name="comment" maxLength={500} autoComplete="off" defaultValue={report?.comment ?? ''} />
      </Field>
      <Choices
        legend={t('reports.dataSources')}
        hint={t('reports.dataSourcesHint')}
        none={t('reports.noDataSources')}
        known={knownSources}
        chosen={sources}
        choose={setSources}
      />
      <Choices
        legend={t('reports.groups')}
        none={t('reports.noGroups')}
        known={knownGroups}
        chosen={groups}
        choose={setGroups}
      />
      <Field label={t('reports.ipTags')} hint={t('reports.ipTagsHint')}>
        <Textarea name="ipTags" rows={2} defaultValue={filters?.ipTags.join('\n') ?? ''} />
      </Field>
      <Field label={t('reports.ipRanges')} hint={t('reports.ipRangesHint')}>
        <Textarea name="ipRanges" rows={2} defaultValue={filters?.ipRanges.join('\n') ?? ''} />
      </Field>
    </FormDialog>
  );
}

interface ChoicesProps {
  readonly legend: string;
  readonly hint?: string;
  readonly none: string;
  readonly known: UseQueryResult<{ readonly items: readonly { readonly id: string; readonly name: string }[] }>;
  readonly chosen: ReadonlySet<string>;
  choose(ids: ReadonlySet<string>): void;
}

/** Boxes to check. What was chosen before and is not known any more keeps its box, so that saving does not lose it. */
function Choices({ legend, hint, none, known, chosen, choose }: ChoicesProps) {
  const styles = useStyles();
  const items = known.data?.items ?? [];
  const lost = [...chosen].filter((id) => !items.some((each) => each.id === id)).map((id) => ({ id, name: id }));
  const toggle = (id: string, isChosen: boolean) => {
    const ids = new Set(chosen);
    if (isChosen) ids.add(id);
    else ids.delete(id);
    choose(ids);
  };
  return (
    <fieldset className={styles.choices}>
      <legend className={styles.legend}>{legend}</legend>
      {known.error && <ProblemNotice error={known.error} />}
      {known.data && items.length === 0 && <Text size={200}>{none}</Text>}
      {[...items, ...lost].map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          checked={chosen.has(id)}
          onChange={(_event, { checked }) => toggle(id, checked === true)}
        />
      ))}
      {hint !== undefined && items.length > 0 && <Text size={200}>{hint}</Text>}
    </fieldset>
  );
}
