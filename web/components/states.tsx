// The states that every page can be in besides its own: loading, failed, not allowed, not there. Each says what to do next.
import { Button, Link as FluentLink, makeStyles, Spinner } from '@fluentui/react-components';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiProblem, kindOf, type ProblemKind } from '../api/problem.ts';
import { may, useSession } from '../api/session.ts';
import { type TextValues, type Translate, useTexts } from '../i18n/texts.ts';
import { EmptyState, Notice } from '../ui/Message.tsx';
import { Page } from '../ui/Page.tsx';
import { RouterLink } from './RouterLink.tsx';

export function LoadingPage() {
  const t = useTexts('common');
  return <Spinner label={t('state.loading')} />;
}

const useStyles = makeStyles({
  problem: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px', minWidth: 0 },
  own: { whiteSpace: 'pre-line', overflowWrap: 'anywhere' },
});

/** Those whose substance only the sentence of the server has: it is shown at once. */
const ownWordsFirst: ReadonlySet<ProblemKind> = new Set(['fields', 'refused', 'missing', 'conflict', 'tooLarge']);

/**
 * What an error means for the reader, in the reader's language, with the next step; beneath it the sentence of the server
 * and the correlation id, which lead to the explanation. `wayOut`: a button for what would fail again the same way.
 */
export function ProblemNotice(props: { error: unknown; retry?: () => void; wayOut?: ReactNode }) {
  const { error, retry, wayOut } = props;
  const t = useTexts('common');
  const again = retry && (
    <Button size="small" onClick={retry}>
      {t('action.retry')}
    </Button>
  );
  const action = wayOut ?? again;
  const rest = action ? { action } : {};
  if (!(error instanceof ApiProblem)) {
    const detail = error instanceof Error ? error.message : String(error);
    return <Notice intent="error" title={t('problem.unexpected')} detail={detail} {...rest} />;
  }
  const intent = [401, 403, 429].includes(error.status) ? 'warning' : 'error';
  return <Notice intent={intent} title={titleOf(error, t)} detail={<ProblemDetail problem={error} />} {...rest} />;
}

function titleOf({ status }: ApiProblem, t: Translate<'common'>): string {
  if (status === 0) return t('problem.unreachable');
  if (status === 403) return t('problem.forbidden');
  if (status === 404) return t('problem.missing');
  if (status === 429) return t('problem.throttled');
  return status >= 500 ? t('problem.server') : t('problem.refused');
}

function ProblemDetail({ problem }: { problem: ApiProblem }) {
  const styles = useStyles();
  const t = useTexts('common');
  const kind = kindOf(problem);
  const { status, correlationId, retryAfterSeconds } = problem;
  const isRefusal = [401, 403, 429].includes(status);
  return (
    <div className={styles.problem}>
      <span>
        {t(`problem.kinds.${kind}`, valuesOf(problem))}
        {retryAfterSeconds !== null && ` ${t('problem.retryAfter', { seconds: retryAfterSeconds })}`}
      </span>
      {kind === 'dormant' && <RouterLink to="/roles/mine">{t('state.activateRole')}</RouterLink>}
      {kind === 'noSecondFactor' && <RouterLink to="/account">{t('nav.my-account')}</RouterLink>}
      {isRefusal && correlationId !== null && (
        <RouterLink to={`/explain?id=${encodeURIComponent(correlationId)}`}>{t('problem.explain')}</RouterLink>
      )}
      <details open={ownWordsFirst.has(kind)}>
        <summary>{t('problem.details')}</summary>
        <div className={styles.own}>{problem.message}</div>
        {correlationId !== null && <div>{t('problem.correlation', { id: correlationId })}</div>}
      </details>
    </div>
  );
}

/** What the words of a kind name. */
function valuesOf({ permission, roles, eligibleRole, fields }: ApiProblem): TextValues {
  return {
    permission: permission ?? '',
    role: eligibleRole ?? '',
    roles: roles.length === 0 ? '–' : roles.join(', '),
    fields: [...new Set(fields.map(({ field }) => field))].join(', '),
  };
}

/** A page that could not be shown at all. */
export function FailedPage({ error }: { error: unknown }) {
  const t = useTexts('common');
  const router = useRouter();
  return (
    <Page title={t('state.failed')}>
      <ProblemNotice error={error} retry={() => void router.invalidate()} />
    </Page>
  );
}

/** An address that leads nowhere. */
export function MissingPage() {
  const t = useTexts('common');
  return (
    <Page title={t('state.missing')}>
      <EmptyState
        title={t('state.missing')}
        detail={t('state.missingDetail')}
        action={<RouterLink to="/">{t('nav.home')}</RouterLink>}
      />
    </Page>
  );
}

/**
 * What needs a permission: the content where the reader has one of them, otherwise which permission is missing and where a
 * role that gives it can be activated or asked for.
 */
export function Permitted({ any, children }: { any: readonly string[]; children: ReactNode }) {
  const t = useTexts('common');
  if (may(useSession(), ...any)) return children;
  return (
    <EmptyState
      title={t('state.forbidden')}
      detail={t('state.forbiddenDetail', { permissions: any.join(', ') })}
      action={<RouterLink to="/roles/mine">{t('state.activateRole')}</RouterLink>}
    />
  );
}

/** A link out of the portal, in a window of its own. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <FluentLink href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </FluentLink>
  );
}
