// Filters of these lists, from the address to the documented API's. What the address says wrong is left out.

type Chosen = Readonly<Record<string, string>>;
type Filters = Readonly<Record<string, unknown>>;

/** In the order of the API's numbers (cloud-apps reference 2.7). */
export const accessLevels = ['private', 'internal', 'external', 'public', 'publicInternet'] as const;
export const fileTypes = ['other', 'document', 'spreadsheet', 'presentation', 'text', 'image', 'folder'] as const;
/** What lists show besides the files that are there. */
export const fileStates = ['trashed', 'all'] as const;

export function fileFilters(chosen: Chosen, search: string | undefined): Filters {
  const { access, app, collaborator, days, domain, extension, label, owner, state, type } = chosen;
  const span = Number(days);
  return {
    ...(search === undefined ? {} : { filename: { text: [search] } }),
    ...numbered('service', numberOf(app)),
    ...numbered('sharing', placeOf(access, accessLevels)),
    ...numbered('fileType', placeOf(type, fileTypes)),
    ...named('owner.username', owner),
    ...named('collaborators.users', collaborator),
    ...named('collaborators.withDomain', domain),
    ...named('extension', extension?.replace(/^\./, '')),
    ...named('fileLabels', label),
    ...(state === 'trashed' ? { trashed: { eq: true } } : {}),
    ...(state === 'all' ? { allowDeleted: { eq: true } } : {}),
    ...(span > 0 && span <= 36_600 ? { modifiedDate: { gte_ndays: span } } : {}),
  };
}

/** Those that the server says of accounts; 1, staged, is none of them. */
export const accountStatuses = [
  ['active', 2],
  ['suspended', 3],
  ['deleted', 4],
  ['unknown', 0],
] as const;
export const affiliations = [
  ['internal', 'false'],
  ['external', 'true'],
  ['unknown', 'null'],
] as const;

export function accountFilters(chosen: Chosen, search: string | undefined): Filters {
  const { type, admin, affiliation, app, domain, group, status } = chosen;
  const statusValue = accountStatuses.find(([name]) => name === status)?.[1];
  const isExternal = affiliations.find(([name]) => name === affiliation)?.[1];
  return {
    ...(search === undefined ? {} : { username: { text: [search] } }),
    ...(type === 'user' || type === 'account' ? { type: { eq: [type] } } : {}),
    ...(admin === 'true' || admin === 'false' ? { isAdmin: { eq: [admin] } } : {}),
    ...(isExternal === undefined ? {} : { isExternal: { eq: [isExternal] } }),
    ...numbered('app', numberOf(app)),
    ...numbered('status', statusValue),
    ...named('domain', domain),
    ...named('userGroups', group),
  };
}

/** In the order of the API's numbers (cloud-apps reference 2.6); only built-in ranges have none. */
export const rangeCategories = ['none', 'corporate', 'administrative', 'risky', 'vpn', 'cloud', 'other'] as const;

export function rangeFilters({ category, tag, origin }: Chosen): Filters {
  const number = numberOf(category);
  return {
    ...numbered('category', number !== undefined && number < rangeCategories.length ? number : undefined),
    ...named('tags', tag),
    ...(origin === 'own' || origin === 'builtIn' ? { builtIn: { eq: origin === 'builtIn' } } : {}),
  };
}

function numbered(name: string, value: number | undefined): Filters {
  return value === undefined ? {} : { [name]: { eq: [value] } };
}

function named(name: string, value: string | undefined): Filters {
  return value === undefined || value.trim() === '' ? {} : { [name]: { eq: [value.trim()] } };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function placeOf(name: string | undefined, names: readonly string[]): number | undefined {
  const place = name === undefined ? -1 : names.indexOf(name);
  return place < 0 ? undefined : place;
}
