import { Button, Field, makeStyles, Text, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { call, managementPath } from '../../api/client.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { Claims } from './Claims.tsx';
import { decode, tokenIn } from './decode.ts';
import { type Inspected, Inspection } from './Inspection.tsx';

const useStyles = makeStyles({
  box: { maxWidth: '900px' },
  text: { fontFamily: 'ui-monospace, SFMono-Regular, Consolas, monospace' },
  row: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' },
});

/** Longer than any token that the server takes. */
const lengthMax = 70_000;

/** Takes a token apart in the page; the server sees it only when a button says so. */
export function ValidatorPage() {
  const styles = useStyles();
  const t = useTexts('help');
  const common = useTexts('common');
  const [pasted, setPasted] = useState('');
  const [inspected, setInspected] = useState<Inspected>();
  const inspect = useAct(() =>
    call<Inspected>(managementPath('token-inspections'), { body: { value: tokenIn(pasted) } }),
  );
  const decoded = decode(pasted);
  const isEmpty = tokenIn(pasted) === '';
  const change = (value: string) => {
    setPasted(value);
    setInspected(undefined);
    inspect.forget();
  };
  return (
    <Page title={common('nav.token-validator')} lead={t('validator.lead')}>
      <Field label={t('validator.token')} hint={t('validator.hint')} className={styles.box}>
        <Textarea
          className={styles.text}
          value={pasted}
          rows={6}
          maxLength={lengthMax}
          spellCheck={false}
          autoComplete="off"
          onChange={(_event, { value }) => change(value)}
        />
      </Field>
      <div className={styles.row}>
        <Button
          appearance="primary"
          disabled={isEmpty || inspect.isBusy}
          onClick={() => void inspect.run(undefined).then(setInspected)}
        >
          {t('validator.send')}
        </Button>
        <Button disabled={isEmpty} onClick={() => change('')}>
          {t('validator.forget')}
        </Button>
        <Text size={200}>{t('validator.sendHint')}</Text>
      </div>
      {inspect.error !== undefined && <ProblemNotice error={inspect.error} />}
      {inspected && <Inspection inspected={inspected} />}
      {isEmpty && <EmptyState title={t('validator.empty')} detail={t('validator.emptyDetail')} />}
      {!isEmpty && decoded.kind === 'unknown' && (
        <Notice intent="warning" title={t('validator.unknown')} detail={t('validator.unknownDetail')} />
      )}
      {decoded.kind === 'opaque' && (
        <Notice intent="info" title={t('validator.opaque')} detail={t('validator.opaqueDetail')} />
      )}
      {decoded.kind === 'encrypted' && (
        <Notice intent="info" title={t('validator.encrypted')} detail={t('validator.encryptedDetail')} />
      )}
      {decoded.kind === 'jwt' && <Claims header={decoded.header} claims={decoded.claims} />}
    </Page>
  );
}
