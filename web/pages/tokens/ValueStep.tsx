import { SecretDialog } from '../../components/SecretDialog.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import type { Minted } from './calls.ts';

interface ValueStepProps {
  readonly minted: Minted;
  readonly isRotated?: boolean;
  onClose(): void;
}

/** The new value, this once, and all that is needed to use it. */
export function ValueStep({ minted, isRotated = false, onClose }: ValueStepProps) {
  const t = useTexts('tokens');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const { token, value, url } = minted;
  const copy = { copyText: common('action.copy'), copiedText: common('action.copied') };
  const until = token.previousValueValidUntil;
  return (
    <SecretDialog
      heading={t('value.title', { name: token.name })}
      label={t('value.token')}
      value={value}
      title={t('value.once')}
      detail={t('value.onceDetail')}
      onClose={onClose}
    >
      {isRotated && (
        <span>{until === null ? t('value.previousEnded') : t('value.previousUntil', { until: dateTime(until) })}</span>
      )}
      <CopyField label={t('value.url')} value={url} {...copy} />
      <CopyField label={t('value.curl')} hint={t('value.curlHint')} value={curlLine(url)} {...copy} />
    </SecretDialog>
  );
}

/** A call that works as it stands. The token is typed, so that neither this line nor the shell's history holds it. */
function curlLine(url: string): string {
  const target = new URL('/api/v1/activities/?limit=5', url).href.replaceAll("'", '%27');
  return `read -rs TOKEN; curl -H "Authorization: Token $TOKEN" '${target}'`;
}
