import { Button, Field, Input, makeStyles } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { SignInOptions } from '../../../src/apis/management/external-sign-in-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { ownPath } from './own-path.ts';

const useStyles = makeStyles({ form: { display: 'flex', flexDirection: 'column', gap: '12px' } });

type Options = Type.Static<typeof SignInOptions>;

/** The organisation's own provider: offered at once on its own host, elsewhere when the organisation is named. */
export function ExternalSignIn() {
  const styles = useStyles();
  const t = useTexts('sign-in');
  const { tenant: inAddress, returnTo }: { tenant?: unknown; returnTo?: unknown } = useSearch({ strict: false });
  const [tenant, setTenant] = useState(typeof inAddress === 'string' ? inAddress : '');
  const { data } = useQuery({
    queryKey: ['sign-in-options', tenant],
    queryFn: ({ signal }) => call<Options>(managementPath('sign-in-options'), { query: { tenant }, signal }),
  });
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTenant(String(new FormData(event.currentTarget).get('tenant') ?? '').trim());
  };
  if (data?.external) {
    const { displayName, startUrl } = data.external;
    const target = `${startUrl}&returnTo=${encodeURIComponent(`/portal${ownPath(returnTo)}`)}`;
    return <Button onClick={() => location.assign(target)}>{t('external', { name: displayName })}</Button>;
  }
  return (
    <form className={styles.form} onSubmit={find}>
      {tenant !== '' && data && <Notice intent="info" title={t('noProvider')} />}
      <Field label={t('ownProvider')} hint={t('organisationHint')}>
        <Input name="tenant" defaultValue={tenant} maxLength={253} autoComplete="organization" />
      </Field>
      <Button type="submit">{t('find')}</Button>
    </form>
  );
}
