import { Button, makeStyles } from '@fluentui/react-components';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { type Checked, checkProvider } from './calls.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  list: { margin: 0, paddingInlineStart: '20px', overflowWrap: 'anywhere' },
});

interface CheckButtonProps {
  readonly issuer: string;
  /** The issuer is the one that is set: client and secret are tried as well. */
  readonly isSet: boolean;
}

/** Asks the provider now and says what it answered. Nobody is signed in by it. */
export function CheckButton({ issuer, isSet }: CheckButtonProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const [found, setFound] = useState<Checked>();
  const check = useAct(async () => setFound(await checkProvider(isSet ? undefined : issuer)));
  return (
    <div className={styles.stack}>
      <div>
        <Button
          disabled={check.isBusy || issuer === ''}
          onClick={() => {
            setFound(undefined);
            void check.run(undefined);
          }}
        >
          {check.isBusy ? t('check.busy') : t('check.action')}
        </Button>
      </div>
      {check.error !== undefined && <ProblemNotice error={check.error} />}
      <div role="status">{found && <Outcome found={found} isSet={isSet} />}</div>
    </div>
  );
}

const codes = [
  'unreachable',
  'not-usable',
  'no-code-flow',
  'no-asymmetric-signature',
  'no-keys',
  'authentication-method',
  'client-refused',
  'no-pkce',
  'no-issuer-in-answer',
  'scope-unknown',
  'switched-off',
] as const;

function Outcome({ found, isSet }: { found: Checked; isSet: boolean }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const { exact } = useFormat();
  const { endpoints, findings } = found;
  return (
    <div className={styles.stack}>
      <Notice
        intent={found.isUsable ? 'success' : 'error'}
        title={found.isUsable ? t('check.usable') : t('check.unusable')}
        detail={isSet ? t('check.withClient') : t('check.withoutClient')}
      />
      {findings.length > 0 && (
        <ul className={styles.list}>
          {findings.map(({ severity, code, detail }) => {
            const known = codes.find((each) => each === code);
            return (
              <li key={code + detail}>
                {t(`check.severity.${severity}`)} {known ? t(`check.code.${known}`) : code} ({detail})
              </li>
            );
          })}
        </ul>
      )}
      <Definitions
        items={[
          [t('check.at'), exact(found.checkedAt)],
          [t('provider.issuer'), found.issuer],
          ...(endpoints === null
            ? []
            : ([
                [t('check.authorization'), endpoints.authorization],
                [t('check.token'), endpoints.token],
                [t('check.userInfo'), endpoints.userInfo ?? '–'],
                [t('check.keys'), endpoints.keys],
              ] as const)),
        ]}
      />
    </div>
  );
}
