// Whom and what traffic is counted by, by the names of the API.

export type EntityKind = 'users' | 'addresses' | 'machines';

/** The filters of rows that name one entity. */
export const rowFilters = { users: 'userName', addresses: 'ipAddress', machines: 'machineName' } as const;
