import type { Setting } from './settings.ts';

/** The settings of incidents: rows of the table in settings.ts. */
export const incidentSettings = [
  {
    name: 'incidentBytesMax',
    kind: 'number',
    initial: 8_388_608,
    minimum: 16_384,
    maximum: 67_108_864,
    about: 'Largest incident that is taken in, alerts included.',
  },
  {
    name: 'incidentsPerTenantMax',
    kind: 'number',
    initial: 500_000,
    minimum: 1000,
    maximum: 100_000_000,
    about: 'Incidents of one tenant.',
  },
  {
    name: 'incidentListsPerMinute',
    kind: 'number',
    initial: 50,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Lists of incidents in any 60 s, per tenant and application.',
  },
  {
    name: 'incidentReadsPerMinute',
    kind: 'number',
    initial: 100,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Single incidents read in any 60 s, per tenant and application.',
  },
  {
    name: 'incidentCallsPerHour',
    kind: 'number',
    initial: 1500,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Either of the two in any hour, per tenant and application.',
  },
] as const satisfies readonly Setting[];
