import { Badge } from '@fluentui/react-components';
import { useTexts } from '../../../i18n/texts.ts';
import { isStatus, statusText } from './words.ts';

const colors = { completed: 'success', partiallyFailed: 'warning', failed: 'danger' } as const;

/** How a run ended; a dash where there was none. */
export function StatusBadge({ status }: { status: string | null }) {
  const t = useTexts('hunting');
  if (status === null) return <>–</>;
  if (!isStatus(status)) return <>{status}</>;
  return (
    <Badge appearance="tint" color={colors[status]}>
      {t(statusText(status))}
    </Badge>
  );
}
