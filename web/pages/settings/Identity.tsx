import { Field, Input, makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Section } from '../../ui/Page.tsx';
import { renameTenant, tenantQuery } from './calls.ts';

const useStyles = makeStyles({
  part: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '16px', maxWidth: '720px' },
  wide: { width: '100%', display: 'flex', flexDirection: 'column', gap: '12px' },
});

/** What the organisation is called and known by. */
export function Identity() {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const { tenant } = useSession();
  const { data, error, refetch } = useQuery(tenantQuery(tenant.slug));
  // What was typed outlives a try to ask again that failed.
  if (error && !data) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  const copy = { copyText: common('action.copy'), copiedText: common('action.copied') };
  return (
    <Section title={t('general.identity')}>
      <div className={styles.part}>
        <div className={styles.wide}>
          <CopyField label={t('general.url')} value={data.url} {...copy} />
          <CopyField label={t('general.id')} value={data.id} {...copy} />
        </div>
        <Definitions
          items={[
            [t('general.slug'), data.slug],
            [t('general.number'), String(data.number)],
            [t('general.domains'), data.domains.map(({ name }) => name).join(', ')],
            [t('general.created'), dateTime(data.createdAt)],
          ]}
        />
        <NameForm key={data.displayName} slug={data.slug} name={data.displayName} />
      </div>
    </Section>
  );
}

const naming = ['Tenants.manage'];

/** The name is given by the operator: it stands on consent pages, where people have to be able to rely on it. */
function NameForm({ slug, name }: { slug: string; name: string }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const queries = useQueryClient();
  const session = useSession();
  const [typed, setTyped] = useState(name);
  const rename = useAct(async () => {
    await renameTenant(slug, typed);
    await Promise.all([
      queries.invalidateQueries({ queryKey: tenantQuery(slug).queryKey }),
      queries.invalidateQueries({ queryKey: ['session'] }),
    ]);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void rename.run(undefined);
  };
  return (
    <form className={styles.wide} onSubmit={submit}>
      {rename.error !== undefined && <ProblemNotice error={rename.error} />}
      <Field label={t('general.name')} hint={t('general.nameHint')}>
        <Input
          value={typed}
          maxLength={300}
          readOnly={!may(session, ...naming)}
          onChange={(_event, { value }) => setTyped(value)}
        />
      </Field>
      <div>
        <PermittedButton any={naming} type="submit" disabled={rename.isBusy || typed.trim() === ''}>
          {common('action.save')}
        </PermittedButton>
      </div>
    </form>
  );
}
