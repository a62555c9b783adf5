import { Button, Field, Input, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleRegular, DismissCircleRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useListState } from '../../components/list-state.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { type Explanation, explain } from './calls.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'flex-end' },
  field: { flex: '1 1 280px', maxWidth: '480px' },
  chain: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '8px' },
  check: { display: 'grid', gridTemplateColumns: '24px 1fr', gap: '8px', overflowWrap: 'anywhere' },
  passed: { color: tokens.colorStatusSuccessForeground1 },
  failed: { color: tokens.colorStatusDangerForeground1 },
});

/** Why a call was refused: the chain of checks behind a correlation id, and the one thing to change. */
export function ExplainPage() {
  const styles = useStyles();
  const t = useTexts('people');
  const common = useTexts('common');
  const state = useListState();
  const id = state.filters.id?.trim() ?? '';
  const result = useQuery({
    queryKey: ['explanation', id],
    queryFn: ({ signal }) => explain(id, signal),
    enabled: id !== '',
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    state.change({ id: String(new FormData(event.currentTarget).get('id') ?? '').trim() });
  };
  return (
    <Page title={common('nav.explain')} lead={t('explain.lead')}>
      <form className={styles.form} onSubmit={submit}>
        <Field label={t('explain.id')} hint={t('explain.idHint')} className={styles.field}>
          <Input key={id} name="id" defaultValue={id} maxLength={200} autoComplete="off" />
        </Field>
        <Button appearance="primary" type="submit">
          {t('explain.action')}
        </Button>
      </form>
      {result.error && <ProblemNotice error={result.error} />}
      {result.isFetching && <Spinner label={common('state.loading')} />}
      {result.data && <Chain explanation={result.data} />}
    </Page>
  );
}

function Chain({ explanation }: { explanation: Explanation }) {
  const styles = useStyles();
  const t = useTexts('people');
  const { exact } = useFormat();
  const { method, path, status, message, change, subject, address, at, checks } = explanation;
  return (
    <>
      <Notice intent="warning" title={change} detail={message} />
      <Definitions
        items={[
          [t('explain.call'), `${method} ${path}`],
          [t('explain.answer'), String(status)],
          [t('explain.at'), exact(at)],
          [t('explain.who'), subject],
          [t('audit.address'), address],
        ]}
      />
      <Section title={t('explain.checks')}>
        <ol className={styles.chain}>
          {checks.map(({ check, outcome, detail }) => (
            <li key={check + detail} className={styles.check}>
              {outcome === 'passed' ? (
                <CheckmarkCircleRegular className={styles.passed} fontSize={20} aria-label={t('explain.passed')} />
              ) : (
                <DismissCircleRegular className={styles.failed} fontSize={20} aria-label={t('explain.failed')} />
              )}
              <div>
                <Text weight="semibold">{check}</Text> <Text>{detail}</Text>
              </div>
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}
