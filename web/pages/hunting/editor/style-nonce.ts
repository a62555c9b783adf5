// The page's policy takes style elements that carry its nonce, and no others. The editor makes some (themes, menus, colours
// of the language) as it goes along and cannot be told of a nonce, so elements get it where they are made. Nothing but our
// own scripts can make elements here, so this opens nothing that the policy keeps shut.

let isDone = false;

/** From now on, style elements that scripts of this page make have the page's nonce. */
export function giveStylesTheNonce(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
  if (isDone || nonce === undefined) return;
  isDone = true;
  const create = document.createElement.bind(document);
  const createWithNonce = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  document.createElement = createWithNonce as typeof document.createElement; // One signature for its overloads by name.
}
