// Which audiences open which surface, in words (design section 5).
import { type ApiResource, type Family, findResourceByAudience, listResources } from '../applications/resources.ts';

/** The surfaces that take JWTs. */
export type SurfaceFamily = Exclude<Family, 'directory-custom'>;

export const surfaceFamilies: readonly SurfaceFamily[] = ['defender', 'cloud-apps', 'graph'];

/** The family that a token is for; undefined when its audience is none of our APIs. */
export function familyOf(audience: string): SurfaceFamily | undefined {
  const family = findResourceByAudience(audience)?.family;
  return family === 'directory-custom' ? undefined : family;
}

/** What to ask a token for, to call this surface: `https://graph.microsoft.com`. */
export function audienceFor(family: SurfaceFamily): string {
  const [first] = listResources().filter((each) => each.family === family);
  return first ? nameOf(first) : family;
}

/** Everything that this surface takes: `https://graph.microsoft.com (Microsoft Graph)`. */
export function describeFamily(family: SurfaceFamily): string {
  return listResources()
    .filter((each) => each.family === family)
    .map((each) => `${nameOf(each)} (${each.displayName})`)
    .join(' or ');
}

/** An audience as it came, with the name of the API when it is one of ours. */
export function describeAudience(audience: string): string {
  const resource = findResourceByAudience(audience);
  return resource ? `${audience} (${resource.displayName})` : audience;
}

function nameOf({ identifierUris, appId }: ApiResource): string {
  return identifierUris[0] ?? appId;
}
