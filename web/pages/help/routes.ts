import type { AreaRoutes } from '../../app/area-routes.ts';

export const helpRoutes: AreaRoutes = [
  { path: '/token-validator', load: () => import('./ValidatorPage.tsx'), name: 'ValidatorPage' },
  { path: '/which-access', load: () => import('./WhichAccessPage.tsx'), name: 'WhichAccessPage' },
  { path: '/help/about', load: () => import('./AboutPage.tsx'), name: 'AboutPage' },
  { path: '/help/api', load: () => import('./ApiPage.tsx'), name: 'ApiPage' },
];
