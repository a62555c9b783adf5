import { Badge } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import type { Collector, SiemAgent } from './calls.ts';

const colors = {
  created: 'informative',
  connected: 'success',
  'connection-error': 'warning',
  disconnected: 'danger',
} as const;

/** The state of an agent or collector, in the product's words. */
export function AgentStatus({ status }: { status: SiemAgent['status'] | Collector['status'] }) {
  const t = useTexts('agents');
  return (
    <Badge appearance="tint" color={colors[status]} title={t(`statusWhy.${status}`)}>
      {t(`status.${status}`)}
    </Badge>
  );
}
