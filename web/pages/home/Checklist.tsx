import { Badge, Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled, CircleRegular } from '@fluentui/react-icons';
import { useQueries } from '@tanstack/react-query';
import { may, useSession } from '../../api/session.ts';
import { usePreferences } from '../../app/preferences.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { type StepName, stepNames, steps } from './steps.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  item: {
    display: 'flex',
    gap: '12px',
    alignItems: 'flex-start',
    padding: '12px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    maxWidth: '760px',
  },
  words: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px', minWidth: 0 },
  done: { color: tokens.colorPaletteGreenForeground1, flexShrink: 0, fontSize: '20px' },
  open: { color: tokens.colorNeutralForeground3, flexShrink: 0, fontSize: '20px' },
  detail: { color: tokens.colorNeutralForeground2 },
});

type State = 'done' | 'open' | 'untold' | 'loading';

/** What a new organisation begins with, and how far it has come. Hidden for good when the reader says so. */
export function Checklist() {
  const styles = useStyles();
  const t = useTexts('home');
  const { preferences, change } = usePreferences();
  if (preferences.hidesFirstSteps) {
    return (
      <div>
        <Button appearance="subtle" onClick={() => change({ hidesFirstSteps: false })}>
          {t('steps.show')}
        </Button>
      </div>
    );
  }
  return (
    <Section
      title={t('steps.title')}
      actions={
        <Button appearance="subtle" onClick={() => change({ hidesFirstSteps: true })}>
          {t('steps.hide')}
        </Button>
      }
    >
      <ul className={styles.list}>
        <Steps />
      </ul>
    </Section>
  );
}

function Steps() {
  const session = useSession();
  const others = stepNames.filter((name) => name !== 'second-factor');
  const found = useQueries({
    queries: others.map((name) => ({
      queryKey: ['first-steps', name],
      queryFn: ({ signal }: { signal: AbortSignal }) => steps[name].isDone(signal),
      enabled: steps[name].any.length === 0 || may(session, ...steps[name].any),
      // Not asked so often: somebody who has just done one of these comes back with a click.
      staleTime: 5000,
    })),
  });
  return (
    <>
      <Step name="second-factor" state={session.hasSecondFactor ? 'done' : 'open'} to="/account" />
      {others.map((name, index) => {
        const answer = found[index];
        const isAsked = steps[name].any.length === 0 || may(session, ...steps[name].any);
        const state =
          !isAsked || answer?.error ? 'untold' : answer?.isPending ? 'loading' : answer?.data ? 'done' : 'open';
        return <Step key={name} name={name} state={state} to={steps[name].to} />;
      })}
    </>
  );
}

function Step({ name, state, to }: { name: StepName; state: State; to: string }) {
  const styles = useStyles();
  const t = useTexts('home');
  const common = useTexts('common');
  return (
    <li className={styles.item}>
      {state === 'loading' && <Spinner size="tiny" aria-label={common('state.loading')} />}
      {state === 'done' && <CheckmarkCircleFilled className={styles.done} aria-hidden="true" />}
      {(state === 'open' || state === 'untold') && <CircleRegular className={styles.open} aria-hidden="true" />}
      <div className={styles.words}>
        <RouterLink to={to}>{t(`steps.${name}.title`)}</RouterLink>
        <Text size={200} className={styles.detail}>
          {state === 'untold' ? t('steps.untold') : t(`steps.${name}.why`)}
        </Text>
        {state !== 'untold' && state !== 'loading' && (
          <Badge appearance="tint" color={state === 'done' ? 'success' : 'informative'}>
            {t(state === 'done' ? 'steps.done' : 'steps.open')}
          </Badge>
        )}
      </div>
    </li>
  );
}
