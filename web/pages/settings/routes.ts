import type { AreaRoutes } from '../../app/area-routes.ts';

export const settingsRoutes: AreaRoutes = [
  { path: '/settings/tenant', load: () => import('./GeneralPage.tsx'), name: 'GeneralPage' },
  { path: '/settings/tenant/sign-in', load: () => import('./ProviderPage.tsx'), name: 'ProviderPage' },
  { path: '/settings/tenant/webhooks', load: () => import('./WebhooksPage.tsx'), name: 'WebhooksPage' },
  { path: '/settings/tenant/mail', load: () => import('./MailPage.tsx'), name: 'MailPage' },
  { path: '/settings/tenant/undelivered', load: () => import('./UndeliveredPage.tsx'), name: 'UndeliveredPage' },
  { path: '/settings/tenant/records', load: () => import('./RecordsPage.tsx'), name: 'RecordsPage' },
  { path: '/settings/tenant/watchlists', load: () => import('./WatchlistsPage.tsx'), name: 'WatchlistsPage' },
  { path: '/settings/tenant/signing-keys', load: () => import('./SigningKeysPage.tsx'), name: 'SigningKeysPage' },
];
