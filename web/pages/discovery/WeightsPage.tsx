import { Button, Field, makeStyles, Select, Spinner, Switch } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { appsKey } from './app-calls.ts';
import { groupOf, type ScoreGroup, scoreGroups, useFactorText } from './factors.ts';
import { SettingsTabs } from './SettingsTabs.tsx';
import { saveWeights, type Weights, weightsQuery } from './settings-calls.ts';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gap: '12px 24px',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 240px), 1fr))',
    alignItems: 'end',
  },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

const manage = ['Discovery.manage'];

/** Settings > Cloud discovery > Score metrics: what counts how much in the score of every app. */
export function WeightsPage() {
  const t = useTexts('discovery');
  return (
    <Page title={t('settings.weights')} lead={t('weights.lead')}>
      <SettingsTabs />
      <Permitted any={['Discovery.read']}>
        <Loaded />
      </Permitted>
    </Page>
  );
}

function Loaded() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const [isSaved, setSaved] = useState(false);
  const weights = useQuery(weightsQuery);
  if (weights.error) return <ProblemNotice error={weights.error} retry={() => void weights.refetch()} />;
  if (!weights.data) return <Spinner label={common('state.loading')} />;
  return (
    <>
      {isSaved && <Notice intent="success" title={t('weights.saved')} />}
      {/* Begun anew with what is stored by now. */}
      <WeightsForm key={JSON.stringify(weights.data)} stored={weights.data} onSaved={() => setSaved(true)} />
    </>
  );
}

function WeightsForm({ stored, onSaved }: { stored: Weights; onSaved(): void }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const common = useTexts('common');
  const queries = useQueryClient();
  const mayManage = may(useSession(), ...manage);
  const [draft, setDraft] = useState(stored);
  const [isResetting, setResetting] = useState(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(stored);
  const keep = async (saved: Weights) => {
    onSaved();
    queries.setQueryData(weightsQuery.queryKey, saved);
    await queries.invalidateQueries({ queryKey: appsKey });
  };
  const act = useAct(async () => keep(await saveWeights(draft)));
  return (
    <>
      {act.error !== undefined && <ProblemNotice error={act.error} />}
      {scoreGroups.map((group) => (
        <GroupWeights key={group} group={group} draft={draft} change={setDraft} isReadOnly={!mayManage} />
      ))}
      <Switch
        label={t('weights.unknown')}
        checked={draft.countsUnknown}
        disabled={!mayManage}
        onChange={(_event, { checked }) => setDraft({ ...draft, countsUnknown: checked })}
      />
      <div className={styles.actions}>
        <PermittedButton
          any={manage}
          appearance="primary"
          disabled={act.isBusy || !changed}
          onClick={() => void act.run(undefined)}
        >
          {common('action.save')}
        </PermittedButton>
        {changed && (
          <Button disabled={act.isBusy} onClick={() => setDraft(stored)}>
            {common('action.cancel')}
          </Button>
        )}
        <PermittedButton any={manage} disabled={act.isBusy} onClick={() => setResetting(true)}>
          {t('weights.reset')}
        </PermittedButton>
      </div>
      {isResetting && (
        <ConfirmAct
          title={t('weights.resetTitle')}
          lead={t('weights.resetLead')}
          confirmText={t('weights.reset')}
          work={() => saveWeights(null)}
          onDone={(saved) => {
            setResetting(false);
            void keep(saved);
          }}
          onClose={() => setResetting(false)}
        />
      )}
    </>
  );
}

interface GroupWeightsProps {
  readonly group: ScoreGroup;
  readonly draft: Weights;
  change(draft: Weights): void;
  readonly isReadOnly: boolean;
}

function GroupWeights({ group, draft, change, isReadOnly }: GroupWeightsProps) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const factorText = useFactorText();
  const { categories, fields } = draft;
  const names = Object.keys(fields).filter((name) => groupOf(name) === group);
  return (
    <Section title={t(`factors.${group}`)}>
      <div className={styles.grid}>
        <Importance
          label={t('weights.group')}
          value={categories[group] ?? 0}
          isReadOnly={isReadOnly}
          change={(weight) => change({ ...draft, categories: { ...categories, [group]: weight } })}
        />
        {names.map((name) => (
          <Importance
            key={name}
            label={factorText(name)}
            value={fields[name] ?? 0}
            isReadOnly={isReadOnly}
            change={(weight) => change({ ...draft, fields: { ...fields, [name]: weight } })}
          />
        ))}
      </div>
    </Section>
  );
}

const importances = [0, 1, 2, 3, 4] as const;

interface ImportanceProps {
  readonly label: string;
  readonly value: number;
  readonly isReadOnly: boolean;
  change(weight: number): void;
}

function Importance({ label, value, isReadOnly, change }: ImportanceProps) {
  const t = useTexts('discovery');
  return (
    <Field label={label}>
      <Select value={String(value)} disabled={isReadOnly} onChange={(_event, chosen) => change(Number(chosen.value))}>
        {importances.map((each) => (
          <option key={each} value={each}>
            {t(`weights.${each}`)}
          </option>
        ))}
      </Select>
    </Field>
  );
}
