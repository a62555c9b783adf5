import type { ComponentType } from 'react';

/** One address below /portal, and the page that it shows. */
interface PageRoute {
  /** As TanStack Router spells it: `/incidents/$id`. */
  readonly path: string;
  // A page takes nothing: what it needs is in its address.
  readonly load: () => Promise<Record<string, ComponentType>>;
  /** The page's name in the loaded file. */
  readonly name: string;
}

/** The addresses of an area: pages/<area>/routes.ts. */
export type AreaRoutes = readonly PageRoute[];
