import type { AreaRoutes } from '../../app/area-routes.ts';

export const policiesRoutes: AreaRoutes = [
  { path: '/policies', load: () => import('./PoliciesPage.tsx'), name: 'PoliciesPage' },
  { path: '/policies/templates', load: () => import('./TemplatesPage.tsx'), name: 'TemplatesPage' },
  { path: '/policies/new', load: () => import('./NewPolicyPage.tsx'), name: 'NewPolicyPage' },
  { path: '/policies/$id', load: () => import('./PolicyPage.tsx'), name: 'PolicyPage' },
  { path: '/policies/$id/edit', load: () => import('./EditPolicyPage.tsx'), name: 'EditPolicyPage' },
];
