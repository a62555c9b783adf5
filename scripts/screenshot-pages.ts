// The pages that pictures are taken of: one of each address of the portal.
import type { APIRequestContext, Page } from 'playwright-core';

export interface PictureOf {
  /** Part of the file's name. */
  readonly name: string;
  /** Below /portal; a function where an id has to be looked up first. */
  readonly path: string | ((api: APIRequestContext, url: string) => Promise<string>);
  /** Opens a dialog or a tab of the page, which is in English, light and 1280 px wide then. */
  readonly open?: (page: Page) => Promise<void>;
  /** Seen by somebody who is not signed in. */
  readonly signedOut?: true;
}

export const portalPages: readonly PictureOf[] = [
  { name: 'sign-in', path: '/sign-in', signedOut: true },
  { name: 'home', path: '/' },
  { name: 'which-access', path: '/which-access' },
  { name: 'incidents', path: '/incidents' },
  { name: 'incident', path: first('/incidents', '/management/v1/incidents?limit=1') },
  { name: 'incident-alerts', path: ofIncident('alerts') },
  { name: 'incident-evidence', path: ofIncident('evidence') },
  { name: 'incident-timeline', path: ofIncident('timeline') },
  { name: 'alerts', path: '/alerts' },
  { name: 'alert', path: firstAlert },
  { name: 'policies', path: '/policies' },
  { name: 'policy-templates', path: '/policies/templates' },
  { name: 'policy-new', path: '/policies/new?template=mass-download' },
  { name: 'policy', path: first('/policies', '/management/v1/policies?limit=1') },
  {
    name: 'policy-edit',
    path: async (api, url) => `${await first('/policies', '/management/v1/policies?limit=1')(api, url)}/edit`,
  },
  { name: 'activities', path: '/activities?service=20892' },
  { name: 'activity', path: firstRecord('/activities', '/api/v1/activities/') },
  { name: 'files', path: '/files' },
  { name: 'file', path: firstRecord('/files', '/api/v1/files/') },
  { name: 'accounts', path: '/accounts' },
  { name: 'cloud-account', path: firstRecord('/accounts', '/api/v1/entities/') },
  { name: 'hunting', path: '/hunting' },
  { name: 'custom-detections', path: '/hunting/custom-detections' },
  { name: 'custom-detection-new', path: '/hunting/custom-detections/new' },
  { name: 'custom-detection', path: detectionRule },
  { name: 'custom-detection-edit', path: async (api, url) => `${await detectionRule(api, url)}/edit` },
  { name: 'discovery', path: '/discovery' },
  { name: 'discovered-apps', path: '/discovery/apps' },
  { name: 'discovered-users', path: '/discovery/users' },
  { name: 'discovered-user', path: firstOf('users') },
  { name: 'discovered-addresses', path: '/discovery/addresses' },
  { name: 'discovered-address', path: firstOf('addresses') },
  { name: 'discovered-machines', path: '/discovery/machines' },
  { name: 'discovered-machine', path: firstOf('machines') },
  { name: 'discovered-categories', path: '/discovery/categories' },
  { name: 'app-tags', path: '/settings/cloud-discovery' },
  { name: 'score-metrics', path: '/settings/cloud-discovery/score-metrics' },
  { name: 'custom-apps', path: '/settings/cloud-discovery/custom-apps' },
  { name: 'discovery-reports', path: '/settings/cloud-discovery/reports' },
  { name: 'discovered-app', path: first('/discovery/apps', '/management/v1/discovery/apps?limit=1') },
  { name: 'catalog', path: '/discovery/catalog' },
  { name: 'snapshots', path: '/discovery/uploads' },
  { name: 'upload', path: first('/discovery/uploads', '/management/v1/discovery/uploads?limit=1') },
  { name: 'governance', path: '/governance' },
  { name: 'applications', path: '/applications' },
  { name: 'application', path: first('/applications', '/management/v1/applications?limit=1') },
  { name: 'enterprise-applications', path: '/enterprise-applications' },
  {
    name: 'enterprise-application',
    path: first('/enterprise-applications', '/management/v1/service-principals?limit=1'),
  },
  { name: 'consent-requests', path: '/consent-requests' },
  { name: 'token-validator', path: '/token-validator' },
  { name: 'users', path: '/users' },
  { name: 'groups', path: '/groups' },
  { name: 'role-assignments', path: '/roles/assignments' },
  { name: 'my-roles', path: '/roles/mine' },
  { name: 'approvals', path: '/roles/approvals' },
  { name: 'account', path: '/account' },
  { name: 'audit', path: '/audit' },
  { name: 'explain', path: '/explain' },
  { name: 'api-tokens', path: '/settings/security-extensions/api-tokens' },
  { name: 'siem-agents', path: '/settings/security-extensions/siem-agents' },
  { name: 'data-sources', path: '/settings/log-upload/data-sources' },
  { name: 'log-collectors', path: '/settings/log-upload/log-collectors' },
  { name: 'tenant-settings', path: '/settings/tenant' },
  { name: 'sign-in-provider', path: '/settings/tenant/sign-in' },
  { name: 'webhooks', path: '/settings/tenant/webhooks' },
  { name: 'mail', path: '/settings/tenant/mail' },
  { name: 'undelivered', path: '/settings/tenant/undelivered' },
  { name: 'records', path: '/settings/tenant/records' },
  { name: 'watchlists', path: '/settings/tenant/watchlists' },
  { name: 'signing-keys', path: '/settings/tenant/signing-keys' },
  { name: 'ip-ranges', path: '/settings/ip-ranges' },
  { name: 'api-documentation', path: '/help/api' },
  { name: 'about', path: '/help/about' },
];

/** The page of the first thing that a list has. */
export function first(page: string, list: string): (api: APIRequestContext, url: string) => Promise<string> {
  return async (api, url) => {
    const { items } = (await (await api.get(url + list)).json()) as { items: readonly Listed[] }; // Every list has items.
    const found = items[0];
    const id = found?.id ?? found?.appId ?? found?.incidentId;
    if (id === undefined) throw new Error(`${list} has nothing that a page could be opened of.`);
    return `${page}/${id}`;
  };
}

/** Who has the most traffic in the global report. */
function firstOf(kind: 'users' | 'addresses' | 'machines'): (api: APIRequestContext, url: string) => Promise<string> {
  return async (api, url) => {
    const list = `${url}/management/v1/discovery/reports/global/${kind}?limit=1&days=90`;
    const { items } = (await (await api.get(list)).json()) as { items: readonly { name: string }[] }; // As described.
    if (!items[0]) throw new Error(`The demo has no discovered ${kind}.`);
    return `/discovery/${kind}/one?days=90&name=${encodeURIComponent(items[0].name)}`;
  };
}

/** A tab of the first incident. */
function ofIncident(tab: string): (api: APIRequestContext, url: string) => Promise<string> {
  const incident = first('/incidents', '/management/v1/incidents?limit=1');
  return async (api, url) => `${await incident(api, url)}/${tab}`;
}

/** The queue's first alert: its list is asked for as connectors do. */
export async function firstAlert(api: APIRequestContext, url: string): Promise<string> {
  const headers = { 'x-csrf-token': await csrfToken(api, url) };
  const answer = await api.post(`${url}/api/v1/alerts/`, { headers, data: { filters: {}, limit: 1 } });
  const { data } = (await answer.json()) as { data: readonly { _id: string }[] }; // As documented.
  if (!data[0]) throw new Error('There is no alert.');
  return `/alerts/${data[0]._id}`;
}

/** The first detection rule; the demo has none, so it is made where nobody made one yet. */
async function detectionRule(api: APIRequestContext, url: string): Promise<string> {
  const rules = '/management/v1/custom-detections';
  const page = '/hunting/custom-detections';
  const firstRule = first(page, `${rules}?limit=1`);
  return await firstRule(api, url).catch(async () => {
    const alertTemplate = {
      title: 'Many files deleted by one account',
      description: 'An account deleted more files within a day than people usually do.',
      severity: 'medium',
      category: 'SuspiciousActivity',
      recommendedActions: "Ask the account's owner; restore the files.",
      mitreTechniques: ['T1485'],
      impactedAssets: [{ '@odata.type': '#microsoft.graph.security.impactedUserAsset', identifier: 'accountObjectId' }],
    };
    const data = {
      displayName: alertTemplate.title,
      isEnabled: true,
      queryCondition: {
        queryText:
          'CloudAppEvents\n| where ActionType == "FileDeleted"\n| project Timestamp, ReportId, AccountObjectId',
      },
      schedule: { period: '24H' },
      detectionAction: { alertTemplate },
    };
    const answer = await api.post(url + rules, { headers: { 'x-csrf-token': await csrfToken(api, url) }, data });
    // Two pictures may be the first at the same time: the name is taken by the other's rule.
    if (!answer.ok() && answer.status() !== 409) throw new Error(await answer.text());
    return await firstRule(api, url);
  });
}

/** Whatever is not GET carries it, as in the portal. */
export async function csrfToken(api: APIRequestContext, url: string): Promise<string> {
  const session = await api.get(`${url}/management/v1/session`);
  const { csrfToken: token } = (await session.json()) as { csrfToken: string }; // Of every session of a browser.
  return token;
}

/** The page of the first record of a list of the cloud-apps surface. */
function firstRecord(page: string, list: string): (api: APIRequestContext, url: string) => Promise<string> {
  return async (api, url) => {
    const { data } = (await (await api.get(`${url}${list}?limit=1`)).json()) as { data: { _id: string }[] }; // Every list has data.
    return `${page}/${data[0]?._id}`;
  };
}

/** What its page is opened by, in one list or another. */
interface Listed {
  readonly id?: string | number;
  readonly appId?: number;
  readonly incidentId?: number;
}
