import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { type Departed, revokeDeparted, tokensKey } from './calls.ts';
import { lastUseLine } from './last-use.tsx';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '12px' },
  list: { margin: 0, paddingInlineStart: '20px', overflowWrap: 'anywhere' },
});

/** More names than anybody reads before pressing a button. */
const listedMax = 100;

/** Tokens whose owners have left: which these are and what each was last used for, and then, if wanted, their end. */
export function DepartedDialog({ onDone, onClose }: { onDone(): void; onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const common = useTexts('common');
  const { number } = useFormat();
  const [revoked, setRevoked] = useState<number>();
  const found = useQuery({
    queryKey: [...tokensKey, 'departed'],
    queryFn: () => revokeDeparted(true),
    enabled: revoked === undefined,
    staleTime: 0,
    gcTime: 0,
  });
  const revoke = useAct(() => revokeDeparted(false));
  const begin = async () => {
    const answer = await revoke.run(undefined);
    if (!answer) return;
    setRevoked(answer.revoked);
    onDone();
  };
  const isAsking = revoked === undefined && (found.data?.tokens.length ?? 0) > 0;
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !revoke.isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('departed.action')}</DialogTitle>
          <DialogContent className={styles.stack}>
            {found.isPending && revoked === undefined && <Spinner label={common('state.loading')} />}
            {found.error && <ProblemNotice error={found.error} retry={() => void found.refetch()} />}
            {revoked === undefined && found.data && <Found found={found.data} />}
            {revoked !== undefined && (
              <Notice intent="success" title={t('departed.done', { count: number(revoked) })} />
            )}
            {revoke.error !== undefined && <ProblemNotice error={revoke.error} />}
          </DialogContent>
          <DialogActions>
            {isAsking && (
              <Button appearance="primary" disabled={revoke.isBusy} onClick={() => void begin()}>
                {t('departed.confirm')}
              </Button>
            )}
            <Button disabled={revoke.isBusy} onClick={onClose}>
              {isAsking ? common('action.cancel') : common('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Found({ found }: { found: Departed }) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const format = useFormat();
  const { tokens, more } = found;
  if (tokens.length === 0) {
    return <Notice intent="success" title={t('departed.none')} detail={t('departed.noneDetail')} />;
  }
  const counts = { shown: format.number(listedMax), count: format.number(tokens.length) };
  return (
    <>
      <Text>{t('departed.lead')}</Text>
      <Text weight="semibold">{t('departed.count', { count: counts.count })}</Text>
      <ul className={styles.list}>
        {tokens.slice(0, listedMax).map((token) => (
          <li key={token.id}>{lastUseLine(t, format, token)}</li>
        ))}
      </ul>
      {tokens.length > listedMax && <Text>{t('departed.shown', counts)}</Text>}
      {more && <Text>{t('departed.more')}</Text>}
    </>
  );
}
