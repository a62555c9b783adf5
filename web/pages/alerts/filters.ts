// The queue's filters, from the address to the documented API's.

/** In the order of the API's numbers. */
export const severityNames = ['low', 'medium', 'high', 'informational'] as const;
export const resolutionNames = ['open', 'dismissed', 'resolved', 'falsePositive', 'benign', 'truePositive'] as const;

type Filters = Readonly<Record<string, unknown>>;
const dayMs = 86_400_000;

/** `now` is what days are counted from. What the address says wrong is left out. */
export function alertFilters(chosen: Readonly<Record<string, string>>, now: number): Filters {
  const { severity, status, read, app, policy, user, ip, days } = chosen;
  const severityValue = placeOf(severity, severityNames);
  const resolutionValue = placeOf(status, resolutionNames);
  const span = Number(days);
  return {
    ...(severityValue < 0 ? {} : { severity: { eq: [severityValue] } }),
    ...(status === 'closed' ? { alertOpen: { eq: false } } : {}),
    ...(resolutionValue < 0 ? {} : { resolutionStatus: { eq: [resolutionValue] } }),
    ...(read === undefined ? {} : { read: { eq: read === 'true' } }),
    ...(app === undefined || !/^\d{1,9}$/.test(app) ? {} : { 'entity.service': { eq: [Number(app)] } }),
    ...(policy === undefined ? {} : { 'entity.policy': { eq: [policy] } }),
    ...(user === undefined ? {} : { 'entity.entity': { eq: [{ id: user, saas: directoryApp, inst: 0 }] } }),
    ...(ip === undefined ? {} : { 'entity.ip': { eq: [ip] } }),
    ...(span > 0 ? { date: { gte: now - span * dayMs } } : {}),
  };
}

/** The number of a name; negative for what is none. */
function placeOf(name: string | undefined, names: readonly string[]): number {
  return name === undefined ? -1 : names.indexOf(name);
}

/** Accounts of the directory belong to this app. */
const directoryApp = 11161;
