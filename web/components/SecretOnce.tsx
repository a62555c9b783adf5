import { useTexts } from '../i18n/texts.ts';
import { CopyField } from '../ui/CopyField.tsx';
import { Notice } from '../ui/Message.tsx';

export interface SecretOnceProps {
  /** What the value is, such as "Token". */
  readonly label: string;
  readonly value: string;
  /** That it is not shown again, and what to do when it is lost. */
  readonly title: string;
  readonly detail: string;
}

/** A value that is shown this once, to copy. Whoever shows it holds it in its own state only, and forgets it when it closes. */
export function SecretOnce({ label, value, title, detail }: SecretOnceProps) {
  const t = useTexts('common');
  return (
    <>
      <Notice intent="warning" title={title} detail={detail} />
      <CopyField label={label} value={value} copyText={t('action.copy')} copiedText={t('action.copied')} />
    </>
  );
}
