/** Only a path of the portal is gone to after a sign-in; whatever else an address says leads home. */
export function ownPath(asked: unknown): string {
  if (typeof asked !== 'string' || !/^\/(?![/\\])/.test(asked)) return '/';
  return asked.replace(/^\/portal(?=\/|$)/, '') || '/';
}
