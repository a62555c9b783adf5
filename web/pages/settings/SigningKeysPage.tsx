import { Badge, Radio, RadioGroup, Spinner } from '@fluentui/react-components';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  RotationBody,
  SigningKeyList,
  SigningKey as SigningKeySchema,
} from '../../../src/apis/management/signing-keys-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';

type SigningKey = Type.Static<typeof SigningKeySchema>;

const needed = ['Tenants.manage'];

const keysQuery = queryOptions({
  queryKey: ['signing-keys'],
  queryFn: ({ signal }) => call<Type.Static<typeof SigningKeyList>>(managementPath('signing-keys'), { signal }),
});

/** Settings > Organization settings > Signing keys: of the whole deployment, for its operator. */
export function SigningKeysPage() {
  const t = useTexts('settings');
  const [isRotating, setRotating] = useState(false);
  return (
    <SettingsFrame
      lead={t('keys.lead')}
      actions={
        <PermittedButton any={needed} appearance="primary" onClick={() => setRotating(true)}>
          {t('keys.rotate')}
        </PermittedButton>
      }
    >
      <Permitted any={needed}>
        <Keys />
        {isRotating && <RotateDialog onClose={() => setRotating(false)} />}
      </Permitted>
    </SettingsFrame>
  );
}

function Keys() {
  const t = useTexts('settings');
  const common = useTexts('common');
  const columns = useColumns();
  const { data, error, refetch } = useQuery(keysQuery);
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  // Never more than a handful: the server forgets them when their last token has ended.
  return <DataTable label={t('tab.keys')} columns={columns} rows={data.items} rowKey={({ id }) => id} />;
}

function useColumns(): readonly Column<SigningKey>[] {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  return [
    { id: 'id', header: t('keys.id'), cell: ({ id }) => id },
    {
      id: 'state',
      header: common('list.status'),
      cell: ({ state }) => (
        <Badge appearance="tint" color={state === 'signing' ? 'success' : 'informative'}>
          {t(`keys.state.${state}`)}
        </Badge>
      ),
    },
    { id: 'signsFrom', header: t('keys.signsFrom'), cell: ({ signsFrom }) => dateTime(signsFrom) },
    { id: 'published', header: t('keys.publishedUntil'), cell: ({ publishedUntil }) => dateTime(publishedUntil) },
    { id: 'ends', header: t('keys.certificateEnds'), cell: ({ certificateEndsAt }) => dateTime(certificateEndsAt) },
  ];
}

const manners = ['later', 'now', 'withdraw'] as const;
type Manner = (typeof manners)[number];
const bodies: Readonly<Record<Manner, Type.Static<typeof RotationBody>>> = {
  later: {},
  now: { immediately: true },
  withdraw: { withdraw: true },
};

/** Asks when the next key is to sign, and what becomes of the present one. */
function RotateDialog({ onClose }: { onClose(): void }) {
  const t = useTexts('settings');
  const queries = useQueryClient();
  const [manner, setManner] = useState<Manner>('later');
  return (
    <ConfirmAct
      title={t('keys.rotateTitle')}
      lead={
        <>
          {t(`keys.consequence.${manner}`)}
          <RadioGroup
            aria-label={t('keys.rotateTitle')}
            value={manner}
            onChange={(_event, { value }) => setManner(manners.find((each) => each === value) ?? 'later')}
          >
            {manners.map((each) => (
              <Radio key={each} value={each} label={t(`keys.manner.${each}`)} />
            ))}
          </RadioGroup>
        </>
      }
      confirmText={t('keys.rotate')}
      work={() => call<SigningKey>(managementPath('signing-keys'), { body: bodies[manner] })}
      onDone={() => {
        void queries.invalidateQueries({ queryKey: keysQuery.queryKey });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
