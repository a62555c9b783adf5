import { Field, Input, Select, Textarea } from '@fluentui/react-components';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { useCategoryOptions } from './categories.ts';
import { linesOf } from './lines.ts';
import { type CustomApp, saveCustomApp } from './settings-calls.ts';

interface CustomAppDialogProps {
  /** The one to change; without it a new one is made. */
  readonly app?: CustomApp;
  onDone(): Promise<unknown>;
  onClose(): void;
}

/** An app of the organisation's own: what it is called, its domains, and what is thought of it. */
export function CustomAppDialog({ app, onDone, onClose }: CustomAppDialogProps) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const required = true;
  return (
    <FormDialog
      title={app ? t('custom.edit') : t('custom.add')}
      submitText={common('action.save')}
      onSubmit={async ({ name = '', vendor = '', category = '', domains = '', score = '' }) => {
        await saveCustomApp(app?.appId, {
          name: name.trim(),
          vendor: vendor.trim() === '' ? null : vendor.trim(),
          category,
          domains: linesOf(domains),
          score: score.trim() === '' ? null : Number(score),
        });
        await onDone();
      }}
      onClose={onClose}
    >
      <Field label={t('apps.name')} required={required}>
        <Input name="name" maxLength={100} autoComplete="off" autoFocus defaultValue={app?.name ?? ''} />
      </Field>
      <Field label={t('app.domains')} hint={t('custom.domainsHint')} required={required}>
        <Textarea name="domains" rows={3} defaultValue={app?.domains.join('\n') ?? ''} />
      </Field>
      <Field label={t('apps.category')} required={required}>
        <Select name="category" defaultValue={app?.category ?? ''}>
          <option value="">{t('snapshot.choose')}</option>
          {useCategoryOptions().map(([id, text]) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('app.vendor')}>
        <Input name="vendor" maxLength={100} autoComplete="off" defaultValue={app?.vendor ?? ''} />
      </Field>
      <Field label={t('score.label')} hint={t('custom.scoreHint')}>
        <Input name="score" type="number" min={0} max={10} step={0.1} defaultValue={String(app?.score ?? '')} />
      </Field>
    </FormDialog>
  );
}
