import type { AreaRoutes } from '../../app/area-routes.ts';

const entities = () => import('./EntitiesPage.tsx');
const entity = () => import('./EntityPage.tsx');

export const discoveryRoutes: AreaRoutes = [
  { path: '/discovery', load: () => import('./DashboardPage.tsx'), name: 'DashboardPage' },
  { path: '/discovery/apps', load: () => import('./AppsPage.tsx'), name: 'AppsPage' },
  { path: '/discovery/apps/$id', load: () => import('./AppPage.tsx'), name: 'AppPage' },
  { path: '/discovery/users', load: entities, name: 'UsersPage' },
  { path: '/discovery/users/one', load: entity, name: 'UserPage' },
  { path: '/discovery/addresses', load: entities, name: 'AddressesPage' },
  { path: '/discovery/addresses/one', load: entity, name: 'AddressPage' },
  { path: '/discovery/machines', load: entities, name: 'MachinesPage' },
  { path: '/discovery/machines/one', load: entity, name: 'MachinePage' },
  { path: '/discovery/categories', load: () => import('./CategoriesPage.tsx'), name: 'CategoriesPage' },
  { path: '/discovery/catalog', load: () => import('./CatalogPage.tsx'), name: 'CatalogPage' },
  { path: '/discovery/uploads', load: () => import('./UploadsPage.tsx'), name: 'UploadsPage' },
  { path: '/discovery/uploads/$id', load: () => import('./UploadPage.tsx'), name: 'UploadPage' },
  { path: '/settings/cloud-discovery', load: () => import('./TagsPage.tsx'), name: 'TagsPage' },
  { path: '/settings/cloud-discovery/score-metrics', load: () => import('./WeightsPage.tsx'), name: 'WeightsPage' },
  { path: '/settings/cloud-discovery/custom-apps', load: () => import('./CustomAppsPage.tsx'), name: 'CustomAppsPage' },
  { path: '/settings/cloud-discovery/reports', load: () => import('./ReportsPage.tsx'), name: 'ReportsPage' },
  { path: '/governance', load: () => import('./GovernancePage.tsx'), name: 'GovernancePage' },
];
