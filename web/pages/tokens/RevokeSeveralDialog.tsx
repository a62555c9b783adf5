import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  ProgressBar,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { type BulkFailure, useBulk } from '../../components/use-bulk.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { getPicked, revokeToken, type Token, tokensKey } from './calls.ts';
import { lastUseLine } from './last-use.tsx';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '12px' },
  list: { margin: 0, paddingInlineStart: '20px', overflowWrap: 'anywhere' },
});

/** How it ended for each token. */
interface Ended {
  readonly revoked: readonly Token[];
  readonly failures: readonly BulkFailure[];
  /** Not tried, because it was cancelled before. */
  readonly left: readonly Token[];
}

interface RevokeSeveralProps {
  readonly ids: readonly string[];
  /** With the ids that are revoked now. */
  onDone(revoked: readonly string[]): void;
  onClose(): void;
}

/**
 * Asks before tokens that were picked by hand are revoked, naming whose each is and what it was last used for, as the server
 * has it now; then revokes one after the other, so that each has a result and an audit record of its own.
 */
export function RevokeSeveralDialog({ ids, onDone, onClose }: RevokeSeveralProps) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const common = useTexts('common');
  const bulk = useBulk();
  const [ended, setEnded] = useState<Ended>();
  const found = useQuery({
    queryKey: [...tokensKey, 'picked', ids],
    queryFn: ({ signal }) => getPicked(ids, signal),
    enabled: ended === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const tokens = found.data ?? [];
  const isBusy = bulk.progress !== undefined;
  const begin = async () => {
    const byId = new Map(tokens.map((token) => [token.id, token]));
    const tried = new Set<string>();
    const failures = await bulk.run([...byId.keys()], async (id) => {
      tried.add(id);
      await revokeToken(id);
    });
    const failed = new Set(failures.map(({ name }) => name));
    const revoked = tokens.filter(({ id }) => tried.has(id) && !failed.has(id));
    const named = failures.map(({ name, error }) => ({ name: byId.get(name)?.name ?? name, error }));
    setEnded({ revoked, failures: named, left: tokens.filter(({ id }) => !tried.has(id)) });
    onDone(revoked.map(({ id }) => id));
  };
  const isAsking = ended === undefined && !isBusy && tokens.length > 0;
  return (
    <Dialog modalType="alert" open onOpenChange={(_event, { open }) => !open && !isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('several.title')}</DialogTitle>
          <DialogContent className={styles.stack}>
            {found.isPending && ended === undefined && <Spinner label={common('state.loading')} />}
            {found.error && <ProblemNotice error={found.error} retry={() => void found.refetch()} />}
            {ended === undefined && found.data && <Asked tokens={tokens} />}
            {isBusy && <ProgressBar value={bulk.progress} aria-label={t('several.progress')} />}
            {ended && <Result {...ended} />}
          </DialogContent>
          <DialogActions>
            {isAsking && (
              <Button appearance="primary" onClick={() => void begin()}>
                {t('departed.confirm')}
              </Button>
            )}
            <Button onClick={isBusy ? bulk.cancel : onClose}>
              {isAsking || isBusy ? common('action.cancel') : common('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Asked({ tokens }: { tokens: readonly Token[] }) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const format = useFormat();
  if (tokens.length === 0) return <Notice intent="info" title={t('several.gone')} />;
  return (
    <>
      <Text>{t('several.stops')}</Text>
      <Text weight="semibold">{t('departed.count', { count: format.number(tokens.length) })}</Text>
      <ul className={styles.list}>
        {tokens.map((token) => (
          <li key={token.id}>{lastUseLine(t, format, token)}</li>
        ))}
      </ul>
    </>
  );
}

function Result({ revoked, failures, left }: Ended) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const { number } = useFormat();
  return (
    <>
      {revoked.length > 0 && (
        <Notice
          intent="success"
          title={t('departed.done', { count: number(revoked.length) })}
          detail={revoked.map(({ name }) => name).join(', ')}
        />
      )}
      {left.length > 0 && (
        <Notice
          intent="warning"
          title={t('several.left', { count: number(left.length) })}
          detail={left.map(({ name }) => name).join(', ')}
        />
      )}
      {failures.map(({ name, error }) => (
        <div key={name} className={styles.stack}>
          <Text weight="semibold">{t('several.failed', { name })}</Text>
          <ProblemNotice error={error} />
        </div>
      ))}
    </>
  );
}
