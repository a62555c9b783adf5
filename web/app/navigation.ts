// What the navigation shows, in its order. Every entry is shown to everybody; a page that needs more says so itself.
import type { TextKey } from '../i18n/texts.ts';

export interface NavigationItem {
  readonly text: TextKey<'common'>;
  readonly to: string;
}

export interface NavigationGroup {
  readonly key: string;
  readonly text: TextKey<'common'>;
  readonly items: readonly NavigationItem[];
}

export const navigation: readonly NavigationGroup[] = [
  {
    key: 'start',
    text: 'nav.start',
    items: [
      { text: 'nav.home', to: '/' },
      { text: 'nav.which-access', to: '/which-access' },
    ],
  },
  {
    key: 'incidents',
    text: 'nav.incidents-and-alerts',
    items: [
      { text: 'nav.incidents', to: '/incidents' },
      { text: 'nav.alerts', to: '/alerts' },
    ],
  },
  {
    key: 'investigate',
    text: 'nav.investigate',
    items: [
      { text: 'nav.activities', to: '/activities' },
      { text: 'nav.files', to: '/files' },
      { text: 'nav.accounts', to: '/accounts' },
      { text: 'nav.policies', to: '/policies' },
    ],
  },
  {
    key: 'hunting',
    text: 'nav.hunting',
    items: [
      { text: 'nav.advanced-hunting', to: '/hunting' },
      { text: 'nav.custom-detections', to: '/hunting/custom-detections' },
    ],
  },
  {
    key: 'discover',
    text: 'nav.discover',
    items: [
      { text: 'nav.discovery-dashboard', to: '/discovery' },
      { text: 'nav.discovered-apps', to: '/discovery/apps' },
      { text: 'nav.catalog', to: '/discovery/catalog' },
      { text: 'nav.snapshots', to: '/discovery/uploads' },
      { text: 'nav.governance-log', to: '/governance' },
    ],
  },
  {
    key: 'applications',
    text: 'nav.applications',
    items: [
      { text: 'nav.app-registrations', to: '/applications' },
      { text: 'nav.enterprise-applications', to: '/enterprise-applications' },
      { text: 'nav.consent-requests', to: '/consent-requests' },
      { text: 'nav.token-validator', to: '/token-validator' },
    ],
  },
  {
    key: 'people',
    text: 'nav.people',
    items: [
      { text: 'nav.users', to: '/users' },
      { text: 'nav.groups', to: '/groups' },
      { text: 'nav.role-assignments', to: '/roles/assignments' },
      { text: 'nav.my-roles', to: '/roles/mine' },
      { text: 'nav.approvals', to: '/roles/approvals' },
      { text: 'nav.audit', to: '/audit' },
      { text: 'nav.explain', to: '/explain' },
    ],
  },
  {
    key: 'settings',
    text: 'nav.settings',
    items: [
      { text: 'nav.tenant-settings', to: '/settings/tenant' },
      { text: 'nav.api-tokens', to: '/settings/security-extensions/api-tokens' },
      { text: 'nav.siem-agents', to: '/settings/security-extensions/siem-agents' },
      { text: 'nav.data-sources', to: '/settings/log-upload/data-sources' },
      { text: 'nav.log-collectors', to: '/settings/log-upload/log-collectors' },
      { text: 'nav.discovery-settings', to: '/settings/cloud-discovery' },
      { text: 'nav.ip-ranges', to: '/settings/ip-ranges' },
    ],
  },
  {
    key: 'help',
    text: 'nav.help',
    items: [
      { text: 'nav.api-documentation', to: '/help/api' },
      { text: 'nav.about', to: '/help/about' },
    ],
  },
];
