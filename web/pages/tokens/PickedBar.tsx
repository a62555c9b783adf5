import { Button, makeStyles, Text } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { tokensKey } from './calls.ts';
import { RevokeSeveralDialog } from './RevokeSeveralDialog.tsx';

const useStyles = makeStyles({ bar: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' } });

/** More than anybody reads before confirming. */
const pickedMax = 100;

interface PickedBarProps {
  readonly keys: ReadonlySet<string>;
  change(keys: ReadonlySet<string>): void;
}

/** How many tokens are picked, and their end. Whoever sees a token may revoke it, so this needs no permission of its own. */
export function PickedBar({ keys, change }: PickedBarProps) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const queries = useQueryClient();
  const [ids, setIds] = useState<readonly string[]>();
  const isTooMany = keys.size > pickedMax;
  return (
    <div className={styles.bar}>
      <Text role="status">{t('several.picked', { count: keys.size })}</Text>
      <Button icon={<DeleteRegular />} disabled={keys.size === 0 || isTooMany} onClick={() => setIds([...keys])}>
        {t('several.action')}
      </Button>
      {isTooMany && <Text>{t('several.tooMany', { most: pickedMax })}</Text>}
      {ids && (
        <RevokeSeveralDialog
          ids={ids}
          onDone={(revoked) => {
            change(new Set([...keys].filter((key) => !revoked.includes(key))));
            void queries.invalidateQueries({ queryKey: [...tokensKey, 'list'] });
          }}
          onClose={() => setIds(undefined)}
        />
      )}
    </div>
  );
}
