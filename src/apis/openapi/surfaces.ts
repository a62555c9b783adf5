// The surfaces that have a document, and where their descriptions are. A description is loaded when somebody first asks for
// its document: becoming ready needs none (docs/decisions/0008).
import type { DescribedSurface } from './described.ts';

const descriptions = {
  management: async () => (await import('../management/described.ts')).managementDescribed,
  'cloud-apps': async () => (await import('../cloud-apps/described.ts')).cloudAppsDescribed,
  defender: async () => (await import('../defender/described.ts')).defenderDescribed,
  graph: async () => (await import('../graph/described.ts')).graphDescribed,
  entra: async () => (await import('../entra/described.ts')).entraDescribed,
} as const satisfies Readonly<Record<string, () => Promise<DescribedSurface>>>;

export type SurfaceName = keyof typeof descriptions;

/** In the order in which they are listed. */
export const surfaceNames = Object.keys(descriptions) as readonly SurfaceName[]; // Its own keys.

export function findSurfaceName(text: string): SurfaceName | undefined {
  return surfaceNames.find((name) => name === text);
}

export function describedSurface(name: SurfaceName): Promise<DescribedSurface> {
  return descriptions[name]();
}
