import type { Setting } from './settings.ts';

/** The settings of machines and of alerts as endpoint clients read them: rows of the table in settings.ts. */
export const machineSettings = [
  {
    name: 'machinesPerTenantMax',
    kind: 'number',
    initial: 500_000,
    minimum: 1000,
    maximum: 100_000_000,
    about: 'Machines of one tenant.',
  },
  {
    name: 'machineActionsPerTenantMax',
    kind: 'number',
    initial: 1_000_000,
    minimum: 1000,
    maximum: 100_000_000,
    about: 'Recorded machine actions of one tenant.',
  },
  {
    name: 'machineActionHours',
    kind: 'number',
    initial: 72,
    minimum: 1,
    maximum: 8760,
    about: 'A machine action whose end nobody reported for so long has timed out.',
  },
  {
    name: 'alertsPerTenantMax',
    kind: 'number',
    initial: 5_000_000,
    minimum: 1000,
    maximum: 100_000_000,
    about: 'Alerts of one tenant up to which alerts of other products are taken in.',
  },
  {
    name: 'alertBytesMax',
    kind: 'number',
    initial: 8_388_608,
    minimum: 16_384,
    maximum: 67_108_864,
    about: 'Largest alert, or incident with its alerts, that is taken in; also the largest machine.',
  },
  {
    name: 'endpointCallsPerMinute',
    kind: 'number',
    initial: 100,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Calls of one kind on alerts, machines and machine actions in any 60 s, per tenant and application.',
  },
  {
    name: 'endpointCallsPerHour',
    kind: 'number',
    initial: 1500,
    minimum: 1,
    maximum: 1_000_000,
    about: 'The same in any hour, per tenant and application.',
  },
] as const satisfies readonly Setting[];
