import { useQuery } from '@tanstack/react-query';
import type { Policies } from '../../../src/apis/management/policies-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { may, useSession } from '../../api/session.ts';
import { appNames } from '../../components/app-names.ts';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { FilterText } from '../../components/FilterText.tsx';
import type { ListState } from '../../components/list-state.ts';
import { useTexts } from '../../i18n/texts.ts';
import { SeverityFilter, SpanFilter } from '../incidents/queue.tsx';
import { useWords } from '../incidents/words.ts';
import { resolutionNames, type severityNames } from './filters.ts';

const severityOrder = [
  'high',
  'medium',
  'low',
  'informational',
] as const satisfies readonly (typeof severityNames)[number][];
const policiesMax = 100;

/** The filters of the queue; each is one of the documented API's. */
export function AlertFilters({ state }: { state: ListState }) {
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const policies = usePolicyNames();
  return (
    <>
      <FilterSelect
        label={common('list.status')}
        name="status"
        options={[
          ...resolutionNames.map((each) => [each, words.resolution(each)] as const),
          ['closed', t('resolution.closed')],
        ]}
        state={state}
      />
      <SeverityFilter severities={severityOrder} state={state} />
      <FilterSelect
        label={t('alerts.readState')}
        name="read"
        options={[
          ['false', t('alerts.unread')],
          ['true', t('alerts.read')],
        ]}
        state={state}
      />
      <FilterSelect
        label={t('kind.app')}
        name="app"
        options={appNames.map(([id, name]) => [String(id), name])}
        state={state}
      />
      {policies.length > 0 && <FilterSelect label={t('alert.policy')} name="policy" options={policies} state={state} />}
      <FilterText label={t('kind.user')} name="user" state={state} />
      <FilterText label={t('kind.ip')} name="ip" state={state} />
      <SpanFilter state={state} />
    </>
  );
}

/** Those who may not read policies filter by the others. */
function usePolicyNames(): readonly (readonly [id: string, name: string])[] {
  const isAllowed = may(useSession(), 'Policies.read');
  const { data } = useQuery({
    queryKey: ['policies', 'names'],
    queryFn: async ({ signal }) =>
      await call<Type.Static<typeof Policies>>(managementPath('policies'), { signal, query: { limit: policiesMax } }),
    enabled: isAllowed,
    staleTime: 300_000,
  });
  return (data?.items ?? []).map(({ id, name }) => [id, name]);
}
