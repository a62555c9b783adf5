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
  Radio,
  RadioGroup,
  Select,
  Text,
} from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { saveFile } from '../../components/csv.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { getBlockScript } from './app-calls.ts';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '16px' } });

/** Appliances by the names of the API, and what their makers call them. */
const appliances = [
  ['bluecoat', 'Blue Coat ProxySG'],
  ['cisco-asa', 'Cisco ASA'],
  ['fortigate', 'Fortinet FortiGate'],
  ['juniper-srx', 'Juniper SRX'],
  ['palo-alto', 'Palo Alto Networks'],
  ['websense', 'Websense (Forcepoint)'],
  ['zscaler', 'Zscaler'],
] as const;

/** What an appliance has to be told so that it blocks unsanctioned apps, or lets sanctioned ones through: a file. */
export function BlockScriptDialog({ onClose }: { onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const common = useTexts('common');
  const [format, setFormat] = useState<string>(appliances[0][0]);
  const [type, setType] = useState('banned');
  const [outcome, setOutcome] = useState<'empty' | 'saved'>();
  const act = useAct(() => getBlockScript(format, type));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setOutcome(undefined);
    const script = await act.run(undefined);
    if (!script) return;
    if (script.text !== '') saveFile(script.fileName, new Blob([script.text], { type: 'text/plain;charset=utf-8' }));
    setOutcome(script.text === '' ? 'empty' : 'saved');
  };
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)}>
          <DialogBody>
            <DialogTitle>{t('script.action')}</DialogTitle>
            <DialogContent className={styles.stack}>
              <Text>{t('script.lead')}</Text>
              {act.error !== undefined && <ProblemNotice error={act.error} />}
              {outcome === 'empty' && (
                <Notice intent="warning" title={t('script.empty')} detail={t('script.emptyDetail')} />
              )}
              {outcome === 'saved' && <Notice intent="success" title={t('script.saved')} />}
              <Field label={t('script.appliance')}>
                <Select name="format" value={format} onChange={(_event, { value }) => setFormat(value)}>
                  {appliances.map(([name, title]) => (
                    <option key={name} value={name}>
                      {title}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label={t('script.type')}>
                <RadioGroup value={type} onChange={(_event, { value }) => setType(value)}>
                  <Radio value="banned" label={t('script.banned')} />
                  <Radio value="allowed" label={t('script.allowed')} />
                </RadioGroup>
              </Field>
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" disabled={act.isBusy}>
                {t('script.download')}
              </Button>
              <Button onClick={onClose}>{common('action.close')}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
