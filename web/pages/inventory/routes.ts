import type { AreaRoutes } from '../../app/area-routes.ts';

export const inventoryRoutes: AreaRoutes = [
  { path: '/files', load: () => import('./FilesPage.tsx'), name: 'FilesPage' },
  { path: '/files/$id', load: () => import('./FilePage.tsx'), name: 'FilePage' },
  { path: '/accounts', load: () => import('./AccountsPage.tsx'), name: 'AccountsPage' },
  { path: '/accounts/$id', load: () => import('./AccountPage.tsx'), name: 'AccountPage' },
  { path: '/settings/ip-ranges', load: () => import('./RangesPage.tsx'), name: 'RangesPage' },
];
