/** Unsanctioned apps are banned, sanctioned ones allowed. */
export const scriptTypes = ['banned', 'allowed'] as const;
export type ScriptType = (typeof scriptTypes)[number];

/** Writes the lines of a script for one kind of appliance. There is at least one host, and each is a validated host name. */
export type WriteScript = (hosts: readonly string[], type: ScriptType) => Iterable<string>;

/** What lists and rules are called at the appliance: at most 31 characters, which is the least that any of them takes. */
export const listNames = { banned: 'CAS-unsanctioned', allowed: 'CAS-sanctioned' } as const satisfies Record<
  ScriptType,
  string
>;
