import type { AreaRoutes } from '../../app/area-routes.ts';

export const peopleRoutes: AreaRoutes = [
  { path: '/groups', load: () => import('./GroupsPage.tsx'), name: 'GroupsPage' },
  { path: '/roles/mine', load: () => import('./MyRolesPage.tsx'), name: 'MyRolesPage' },
  { path: '/roles/assignments', load: () => import('./AssignmentsPage.tsx'), name: 'AssignmentsPage' },
  { path: '/roles/approvals', load: () => import('./ApprovalsPage.tsx'), name: 'ApprovalsPage' },
  { path: '/users', load: () => import('./UsersPage.tsx'), name: 'UsersPage' },
  { path: '/account', load: () => import('./AccountPage.tsx'), name: 'AccountPage' },
  { path: '/audit', load: () => import('./AuditPage.tsx'), name: 'AuditPage' },
  { path: '/explain', load: () => import('./ExplainPage.tsx'), name: 'ExplainPage' },
];
