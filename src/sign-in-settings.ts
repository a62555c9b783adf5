import type { Setting } from './settings.ts';

/** The settings of signing in: rows of the table in settings.ts. */
export const signInSettings = [
  {
    name: 'signInFailuresMax',
    kind: 'number',
    initial: 10,
    minimum: 3,
    maximum: 1000,
    about: 'Failed sign-ins to one account, within the lock-out time, before it is locked.',
  },
  {
    name: 'signInFailuresPerAddressMax',
    kind: 'number',
    initial: 50,
    minimum: 3,
    maximum: 100_000,
    about: 'The same for one address, over all accounts.',
  },
  {
    name: 'lockOutSeconds',
    kind: 'number',
    initial: 900,
    minimum: 10,
    maximum: 86_400,
    about: 'How long a lock-out lasts.',
  },
  {
    name: 'passwordLengthMin',
    kind: 'number',
    initial: 12,
    minimum: 8,
    maximum: 128,
    about: 'Shortest password that a person may choose.',
  },
  {
    name: 'setupLinkSeconds',
    kind: 'number',
    initial: 86_400,
    minimum: 300,
    maximum: 2_592_000,
    about: 'How long a set-up link works.',
  },
  {
    name: 'externalSignInAllowedRanges',
    kind: 'list',
    initial: [],
    about:
      'CIDR ranges of private addresses where the OpenID Connect providers of tenants may be; by default only public addresses.',
  },
] as const satisfies readonly Setting[];
