import type { AreaRoutes } from '../../app/area-routes.ts';

export const homeRoutes: AreaRoutes = [{ path: '/', load: () => import('./HomePage.tsx'), name: 'HomePage' }];
