import type { Setting } from './settings.ts';

/** The settings of IP ranges, accounts and files: rows of the table in settings.ts. */
export const entitySettings = [
  {
    name: 'subnetsPerTenantMax',
    kind: 'number',
    initial: 1000,
    minimum: 1,
    maximum: 10_000,
    about: 'IP range rules of one tenant.',
  },
  {
    name: 'subnetRangesPerTenantMax',
    kind: 'number',
    initial: 5000,
    minimum: 1,
    maximum: 50_000,
    about: 'CIDR ranges in all IP range rules of one tenant together.',
  },
  {
    name: 'ipTagsPerTenantMax',
    kind: 'number',
    initial: 500,
    minimum: 1,
    maximum: 10_000,
    about: 'IP tags of its own that one tenant may have.',
  },
  {
    name: 'entitiesPerTenantMax',
    kind: 'number',
    initial: 200_000,
    minimum: 100,
    maximum: 2_000_000,
    about: 'Accounts and users seen in activities that are kept per tenant; those seen longest ago go first.',
  },
  {
    name: 'filesPerTenantMax',
    kind: 'number',
    initial: 500_000,
    minimum: 100,
    maximum: 5_000_000,
    about: 'Files seen in activities that are kept per tenant; those seen longest ago go first.',
  },
] as const satisfies readonly Setting[];
