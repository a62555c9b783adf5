import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  makeStyles,
  Select,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { choicesQuery, type Minted, rotateToken, type Token } from './calls.ts';
import { ValueStep } from './ValueStep.tsx';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '16px' } });

const hourSeconds = 3600;
const daySeconds = 86_400;
const overlaps = [0, hourSeconds, 4 * hourSeconds, daySeconds, 7 * daySeconds, 30 * daySeconds];

/** Gives a token a new value, the present one good for a while if wanted; then shows the new one, once. */
export function RotateDialog({ token, onDone, onClose }: { token: Token; onDone(): void; onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const common = useTexts('common');
  const [overlapSeconds, setOverlap] = useState(daySeconds);
  const [minted, setMinted] = useState<Minted>();
  const choices = useQuery(choicesQuery);
  const longest = choices.data?.rotationOverlapSecondsMax ?? daySeconds;
  const rotate = useAct(() => rotateToken(token.id, Math.min(overlapSeconds, longest)));
  const begin = async () => {
    const answer = await rotate.run(undefined);
    if (!answer) return;
    setMinted(answer);
    onDone();
  };
  if (minted) return <ValueStep minted={minted} isRotated onClose={onClose} />;
  const words = (seconds: number) => {
    if (seconds === 0) return t('rotate.none');
    return seconds < daySeconds
      ? t('rotate.hours', { number: seconds / hourSeconds })
      : t('rotate.days', { number: seconds / daySeconds });
  };
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !rotate.isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('rotate.title', { name: token.name })}</DialogTitle>
          <DialogContent className={styles.stack}>
            <span>{t('rotate.lead')}</span>
            <Field label={t('rotate.overlap')}>
              <Select
                value={String(Math.min(overlapSeconds, longest))}
                onChange={(_event, { value }) => setOverlap(Number(value))}
              >
                {[...new Set(overlaps.map((each) => Math.min(each, longest)))].map((seconds) => (
                  <option key={seconds} value={seconds}>
                    {words(seconds)}
                  </option>
                ))}
              </Select>
            </Field>
            {rotate.error !== undefined && <ProblemNotice error={rotate.error} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabled={rotate.isBusy} onClick={() => void begin()}>
              {common('action.next')}
            </Button>
            <Button disabled={rotate.isBusy} onClick={onClose}>
              {common('action.cancel')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
