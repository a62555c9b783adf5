import type { AreaRoutes } from '../../app/area-routes.ts';

const rules = '/hunting/custom-detections';

export const huntingRoutes: AreaRoutes = [
  { path: '/hunting', load: () => import('./HuntingPage.tsx'), name: 'HuntingPage' },
  { path: rules, load: () => import('./rules/RulesPage.tsx'), name: 'RulesPage' },
  { path: `${rules}/new`, load: () => import('./rules/NewRulePage.tsx'), name: 'NewRulePage' },
  { path: `${rules}/$id`, load: () => import('./rules/RulePage.tsx'), name: 'RulePage' },
  { path: `${rules}/$id/edit`, load: () => import('./rules/EditRulePage.tsx'), name: 'EditRulePage' },
];
