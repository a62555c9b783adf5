import { Button, Field, Input, Select, Textarea } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { SecretDialog } from '../../components/SecretDialog.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import {
  type Application,
  addCertificate,
  addSecret,
  applicationQuery,
  type Minted,
  removeCertificate,
  removeSecret,
} from './calls.ts';

interface Credential {
  readonly id: string;
  readonly kind: 'secret' | 'certificate';
  readonly description: string;
  /** First characters of a secret, thumbprint of a certificate. */
  readonly mark: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** How the application proves itself: secrets and certificates. A secret's value lives in this component alone, once. */
export function CredentialsSection({ application }: { application: Application }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [adding, setAdding] = useState<Credential['kind']>();
  const [minted, setMinted] = useState<Minted>();
  const [removing, setRemoving] = useState<Credential>();
  const changed = () => queries.invalidateQueries({ queryKey: applicationQuery(application.id).queryKey });
  const remove = useAct(async ({ kind, id }: Credential) => {
    await (kind === 'secret' ? removeSecret : removeCertificate)(application.id, id);
    await changed();
    return true;
  });
  const rows = credentialsOf(application);
  const columns = useColumns(setRemoving);
  const actions = (
    <>
      <Button icon={<AddRegular />} onClick={() => setAdding('secret')}>
        {t('credentials.addSecret')}
      </Button>
      <Button icon={<AddRegular />} onClick={() => setAdding('certificate')}>
        {t('credentials.addCertificate')}
      </Button>
    </>
  );
  return (
    <Section title={t('credentials.title')} actions={actions}>
      {rows.length === 0 ? (
        <EmptyState title={t('credentials.empty')} detail={t('credentials.emptyDetail')} />
      ) : (
        <DataTable label={t('credentials.title')} columns={columns} rows={rows} rowKey={({ id }) => id} />
      )}
      {adding === 'secret' && (
        <AddSecretDialog
          onSubmit={async (description, months) => {
            setMinted(await addSecret(application.id, description, months));
            await changed();
          }}
          onClose={() => setAdding(undefined)}
        />
      )}
      {adding === 'certificate' && (
        <CertificateDialog
          onSubmit={async (description, certificate) => {
            await addCertificate(application.id, description, certificate);
            await changed();
          }}
          onClose={() => setAdding(undefined)}
        />
      )}
      {minted && (
        <SecretDialog
          heading={t('credentials.secret')}
          label={t('credentials.value')}
          value={minted.value}
          title={t('credentials.once')}
          detail={t('credentials.onceDetail')}
          onClose={() => setMinted(undefined)}
        />
      )}
      {removing && (
        <ConfirmDialog
          open
          title={t('credentials.removeTitle')}
          confirmText={t('remove')}
          cancelText={common('action.cancel')}
          onConfirm={async () => {
            if (await remove.run(removing)) setRemoving(undefined);
          }}
          onClose={() => setRemoving(undefined)}
        >
          {remove.error !== undefined && <ProblemNotice error={remove.error} />}
          {t('credentials.removeDetail', { mark: removing.mark, name: application.displayName })}
        </ConfirmDialog>
      )}
    </Section>
  );
}

function credentialsOf({ secrets, certificates }: Application): readonly Credential[] {
  return [
    ...secrets.map(({ hint, ...rest }) => ({ ...rest, kind: 'secret' as const, mark: `${hint}…` })),
    ...certificates.map(({ thumbprintSha1, ...rest }) => ({
      ...rest,
      kind: 'certificate' as const,
      mark: thumbprintSha1,
    })),
  ];
}

function useColumns(onRemove: (credential: Credential) => void): readonly Column<Credential>[] {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { date } = useFormat();
  return [
    { id: 'kind', header: t('credentials.kind'), cell: ({ kind }) => t(`credentials.${kind}`) },
    { id: 'description', header: t('description'), cell: ({ description }) => description || '–' },
    { id: 'mark', header: t('credentials.mark'), cell: ({ mark }) => mark },
    { id: 'starts', header: t('credentials.starts'), cell: ({ startsAt }) => date(startsAt) },
    { id: 'ends', header: t('credentials.ends'), cell: ({ endsAt }) => date(endsAt) },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (credential) => (
        <Button size="small" onClick={() => onRemove(credential)}>
          {t('remove')}
        </Button>
      ),
    },
  ];
}

interface AddSecretDialogProps {
  onSubmit(description: string, months: number): Promise<void>;
  onClose(): void;
}

const monthChoices = [3, 6, 12, 18, 24] as const;

function AddSecretDialog({ onSubmit, onClose }: AddSecretDialogProps) {
  const t = useTexts('apps');
  return (
    <FormDialog
      title={t('credentials.addSecret')}
      submitText={t('credentials.addSecret')}
      onSubmit={({ description = '', months }) => onSubmit(description.trim(), Number(months))}
      onClose={onClose}
    >
      <Field label={t('description')}>
        <Input name="description" maxLength={300} autoComplete="off" />
      </Field>
      <Field label={t('credentials.lasts')}>
        <Select name="months" defaultValue="6">
          {monthChoices.map((months) => (
            <option key={months} value={months}>
              {t('credentials.months', { months })}
            </option>
          ))}
        </Select>
      </Field>
    </FormDialog>
  );
}

interface CertificateDialogProps {
  onSubmit(description: string, certificate: string): Promise<void>;
  onClose(): void;
}

function CertificateDialog({ onSubmit, onClose }: CertificateDialogProps) {
  const t = useTexts('apps');
  return (
    <FormDialog
      title={t('credentials.addCertificate')}
      submitText={t('credentials.addCertificate')}
      onSubmit={({ description = '', certificate = '' }) => onSubmit(description.trim(), certificate.trim())}
      onClose={onClose}
    >
      <Field label={t('description')}>
        <Input name="description" maxLength={300} autoComplete="off" />
      </Field>
      <Field label={t('credentials.certificate')} hint={t('credentials.certificateHint')} required>
        <Textarea name="certificate" rows={8} placeholder="-----BEGIN CERTIFICATE-----" resize="vertical" />
      </Field>
    </FormDialog>
  );
}
