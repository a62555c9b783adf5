import { Badge } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import type { UploadState } from './upload-calls.ts';

const colors = {
  created: 'informative',
  uploaded: 'informative',
  queued: 'informative',
  processing: 'brand',
  done: 'success',
  failed: 'danger',
  cancelled: 'subtle',
} as const;

/** How far an upload has come. */
export function UploadStateBadge({ state }: { state: UploadState }) {
  const t = useTexts('discovery');
  return (
    <Badge appearance="tint" color={colors[state]}>
      {t(`state.${state}`)}
    </Badge>
  );
}
