// The first steps, and whether each is done: told by the APIs, not by what somebody clicked.
import { call, managementPath } from '../../api/client.ts';

export const stepNames = ['second-factor', 'token', 'records', 'log', 'recipient', 'application'] as const;
export type StepName = (typeof stepNames)[number];

interface Step {
  /** Where it is done. */
  readonly to: string;
  /** The reader needs one of these to see whether it is done; empty for everybody. */
  readonly any: readonly string[];
  isDone(signal: AbortSignal): Promise<boolean>;
}

type Counted = { readonly total: number };
const one = { limit: 1 };

async function isAny(signal: AbortSignal, ...paths: readonly string[]): Promise<boolean> {
  const lists = await Promise.all(paths.map((path) => call<Counted>(path, { query: one, signal })));
  return lists.some(({ total }) => total > 0);
}

/** All but the second factor, which the session tells. */
export const steps: Readonly<Record<Exclude<StepName, 'second-factor'>, Step>> = {
  token: {
    to: '/settings/security-extensions/api-tokens',
    any: [],
    isDone: (signal) => isAny(signal, managementPath('api-tokens')),
  },
  records: {
    to: '/settings/tenant/records',
    any: ['Activities.read'],
    isDone: async (signal) => {
      const { data } = await call<{ data: readonly unknown[] }>('/api/v1/activities/', { query: one, signal });
      return data.length > 0;
    },
  },
  log: {
    to: '/discovery/uploads',
    any: ['Discovery.read'],
    isDone: async (signal) => {
      const path = managementPath('discovery', 'uploads');
      const { total } = await call<Counted>(path, { query: { ...one, state: 'done' }, signal });
      return total > 0;
    },
  },
  recipient: {
    to: '/settings/tenant/webhooks',
    any: ['Notifications.manage'],
    isDone: (signal) => isAny(signal, managementPath('webhooks'), managementPath('mail-recipients')),
  },
  application: {
    to: '/applications',
    any: [],
    isDone: (signal) => isAny(signal, managementPath('applications')),
  },
};
