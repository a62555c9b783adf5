import { Badge } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';

/** Whether a policy is enabled, in words. */
export function EnabledBadge({ isEnabled }: { isEnabled: boolean }) {
  const t = useTexts('policies');
  return (
    <Badge appearance="tint" color={isEnabled ? 'success' : 'subtle'}>
      {t(isEnabled ? 'status.enabled' : 'status.disabled')}
    </Badge>
  );
}
