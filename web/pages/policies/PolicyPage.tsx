import { Button, Spinner, Tooltip } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { AlertsSection } from './AlertsSection.tsx';
import { manageOf, type Policy, policiesKey, policyQuery, readPolicies, switchPolicy } from './calls.ts';
import { DefinitionSection } from './DefinitionSection.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { EnabledBadge } from './EnabledBadge.tsx';
import { FoundAppsSection } from './FoundAppsSection.tsx';
import { HistorySection } from './HistorySection.tsx';
import { MatchesSection } from './MatchesSection.tsx';
import { readToday } from './match-calls.ts';
import { PastSection } from './PastSection.tsx';
import { TrialSection } from './TrialSection.tsx';
import { dryRunPolicy } from './trial-calls.ts';

/** One policy: its definition, what it matched, its alerts and its history. */
export function PolicyPage() {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const isAllowed = may(useSession(), ...readPolicies);
  const { data, error, refetch } = useQuery({ ...policyQuery(id), enabled: isAllowed });
  if (data) return <Shown policy={data} />;
  return (
    <Page title={common('nav.policies')}>
      <Permitted any={readPolicies}>
        {error ? (
          <>
            <ProblemNotice error={error} retry={() => void refetch()} />
            <RouterLink to="/policies">{t('page.all')}</RouterLink>
          </>
        ) : (
          <Spinner label={common('state.loading')} />
        )}
      </Permitted>
    </Page>
  );
}

function Shown({ policy }: { policy: Policy }) {
  const t = useTexts('policies');
  const { id, name, type, isEnabled } = policy;
  const isOfApps = type === 'NEW_SERVICE';
  return (
    <Page title={name} lead={t(`type.${type}`)} actions={<Actions policy={policy} />}>
      {!isEnabled && <Notice intent="warning" title={t('page.off')} detail={t('page.offDetail')} />}
      <StateSection policy={policy} />
      <DefinitionSection policy={policy} />
      <AlertsSection policyId={id} />
      {isOfApps ? <FoundAppsSection policyId={id} /> : <MatchesSection policyId={id} />}
      {!isOfApps && <TrialSection any={['Policies.manage']} run={(days, signal) => dryRunPolicy(id, days, signal)} />}
      {!isOfApps && <PastSection policy={policy} />}
      <HistorySection policy={policy} />
      <RouterLink to="/policies">{t('page.all')}</RouterLink>
    </Page>
  );
}

/** Whether it is on, and what it found today. */
function StateSection({ policy }: { policy: Policy }) {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { dateTime, number } = useFormat();
  const mayRead = may(useSession(), 'Policies.read');
  const { id, isEnabled, createdAt, createdBy, changedAt, changedBy } = policy;
  const today = useQuery({
    queryKey: [...policiesKey, 'one', id, 'today'],
    queryFn: ({ signal }) => readToday(id, signal),
    enabled: mayRead,
    refetchInterval: 60_000,
  });
  const by = (at: string | null, who: string) =>
    at === null ? t('list.never') : t('list.changedBy', { time: dateTime(at), name: who });
  return (
    <Section title={common('list.status')}>
      <Definitions
        items={[
          [common('list.status'), <EnabledBadge key="enabled" isEnabled={isEnabled} />],
          ...(createdAt === null ? [] : [[t('page.created'), by(createdAt, createdBy)] as const]),
          [t('list.changed'), by(changedAt, changedBy)],
          ...(today.data == null
            ? []
            : [
                [`${t('page.matches')} – ${t('page.today')}`, number(today.data.matches)] as const,
                [`${t('page.alertsToday')} – ${t('page.today')}`, number(today.data.alerts)] as const,
                [`${t('page.heldBack')} – ${t('page.today')}`, number(today.data.heldBack)] as const,
              ]),
        ]}
      />
      {today.error && <ProblemNotice error={today.error} retry={() => void today.refetch()} />}
    </Section>
  );
}

function Actions({ policy }: { policy: Policy }) {
  const t = useTexts('policies');
  const common = useTexts('common');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const { id, type, isEnabled } = policy;
  const any = [manageOf(type)];
  const toggle = useAct(async () => {
    queries.setQueryData(policyQuery(id).queryKey, await switchPolicy(id, !isEnabled));
    await queries.invalidateQueries({ queryKey: policiesKey });
  });
  return (
    <>
      <PermittedButton any={any} appearance="primary" onClick={() => void navigate({ to: `/policies/${id}/edit` })}>
        {common('action.edit')}
      </PermittedButton>
      <PermittedButton any={any} disabled={toggle.isBusy} onClick={() => void toggle.run(undefined)}>
        {t(isEnabled ? 'act.disable' : 'act.enable')}
      </PermittedButton>
      {type === 'ANOMALY_DETECTION' ? (
        <BuiltIn />
      ) : (
        <>
          <PermittedButton
            any={any}
            // The router's types know only searches that were declared.
            onClick={() => void navigate({ to: '/policies/new', search: { copy: id } } as never)}
          >
            {t('act.duplicate')}
          </PermittedButton>
          <PermittedButton any={any} onClick={() => setDeleting(true)}>
            {common('action.delete')}
          </PermittedButton>
        </>
      )}
      {toggle.error !== undefined && <ProblemNotice error={toggle.error} />}
      {isDeleting && (
        <DeleteDialog
          policy={policy}
          onDone={() => void navigate({ to: '/policies' })}
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  );
}

/** The button stays, and says why it cannot be pressed. */
function BuiltIn() {
  const t = useTexts('policies');
  const common = useTexts('common');
  return (
    <Tooltip relationship="description" content={t('act.builtIn')}>
      <Button disabledFocusable>{common('action.delete')}</Button>
    </Tooltip>
  );
}
