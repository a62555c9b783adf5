import { Button, makeStyles } from '@fluentui/react-components';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { ActivityParts } from './ActivityParts.tsx';
import { AppParts } from './AppParts.tsx';
import { manageOf } from './calls.ts';
import { type Faults, faultsOf, refusedFields } from './checks.ts';
import { DetectionParts } from './DetectionParts.tsx';
import { newBody, type PolicyFields } from './fields.ts';
import { AlertPart, GeneralPart, ScopePart } from './GeneralParts.tsx';
import { TrialSection } from './TrialSection.tsx';
import { dryRunBody } from './trial-calls.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: '24px', maxWidth: '960px', minWidth: 0 },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

interface PolicyFormProps {
  readonly given: PolicyFields;
  /** Of the policy that is changed; undefined for a new one. */
  readonly policyId?: string;
  /** Rejects with what the server says of it. */
  onSave(fields: PolicyFields): Promise<void>;
  /** Begins anew with the policy as it is now. */
  onReload?(): void;
  onCancel(): void;
}

/** A policy of any type: each has its own parts. It can be tried before it is kept. */
export function PolicyForm({ given, policyId, onSave, onReload, onCancel }: PolicyFormProps) {
  const styles = useStyles();
  const t = useTexts('policies');
  const common = useTexts('common');
  const form = useRef<HTMLFormElement>(null);
  const { fields, change, faults, tries, error, isBusy, submit } = useForm(given, onSave);
  const { type } = fields;
  useEffect(() => {
    // The first field that something is wrong with: nobody has to look for it.
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  const isChanged = error instanceof ApiProblem && error.code === 'policy-changed';
  const isElsewhere = error !== undefined && !isChanged && refusedFields(error, t) === undefined;
  const parts = { fields, change, faults };
  return (
    <form ref={form} noValidate className={styles.form} onSubmit={(event) => void submit(event)}>
      <GeneralPart {...parts} />
      {type === 'AUDIT' && <ActivityParts {...parts} error={error} />}
      {type === 'NEW_SERVICE' && <AppParts {...parts} error={error} />}
      {type === 'ANOMALY_DETECTION' && <DetectionParts {...parts} policyId={policyId ?? ''} />}
      {type !== 'NEW_SERVICE' && <ScopePart {...parts} />}
      <AlertPart {...parts} />
      {type === 'AUDIT' && (
        <TrialSection any={['Policies.manage']} run={(days, signal) => dryRunBody(newBody(fields), days, signal)} />
      )}
      {isChanged && (
        <Notice
          intent="warning"
          title={t('form.changedSince')}
          detail={t('form.changedSinceDetail')}
          action={<Button onClick={onReload}>{t('form.reload')}</Button>}
        />
      )}
      {isElsewhere && <ProblemNotice error={error} />}
      <div className={styles.actions}>
        <PermittedButton any={[manageOf(type)]} appearance="primary" type="submit" disabled={isBusy}>
          {common('action.save')}
        </PermittedButton>
        <Button disabled={isBusy} onClick={onCancel}>
          {common('action.cancel')}
        </Button>
      </div>
    </form>
  );
}

function useForm(given: PolicyFields, onSave: (fields: PolicyFields) => Promise<void>) {
  const t = useTexts('policies');
  const [fields, setFields] = useState(given);
  const [faults, setFaults] = useState<Faults>({});
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [tries, setTries] = useState(0);
  /** What is being changed is no longer wrong, until the next try. */
  const change = (part: Partial<PolicyFields>) => {
    setFields((before) => ({ ...before, ...part }));
    setFaults((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in part))));
  };
  const refuse = (found: Faults) => {
    setFaults(found);
    setTries((count) => count + 1);
  };
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setError(undefined);
    const found = faultsOf(fields, t);
    if (Object.keys(found).length > 0) return refuse(found);
    setBusy(true);
    try {
      await onSave(fields);
    } catch (problem) {
      setError(problem);
      refuse(refusedFields(problem, t) ?? {});
    } finally {
      setBusy(false);
    }
  }
  return { fields, change, faults, tries, error, isBusy, submit };
}
