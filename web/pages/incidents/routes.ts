import type { AreaRoutes } from '../../app/area-routes.ts';

export const securityRoutes: AreaRoutes = [
  { path: '/incidents', load: () => import('./IncidentsPage.tsx'), name: 'IncidentsPage' },
  { path: '/incidents/$id', load: () => import('./IncidentPage.tsx'), name: 'IncidentPage' },
  { path: '/incidents/$id/alerts', load: () => import('./IncidentAlertsPage.tsx'), name: 'IncidentAlertsPage' },
  { path: '/incidents/$id/evidence', load: () => import('./IncidentEvidencePage.tsx'), name: 'IncidentEvidencePage' },
  { path: '/incidents/$id/timeline', load: () => import('./IncidentTimelinePage.tsx'), name: 'IncidentTimelinePage' },
  { path: '/alerts', load: () => import('../alerts/AlertsPage.tsx'), name: 'AlertsPage' },
  { path: '/alerts/$id', load: () => import('../alerts/AlertPage.tsx'), name: 'AlertPage' },
];
