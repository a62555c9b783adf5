// The query that somebody is writing. It stays in memory while the pages of the portal change, and nowhere else: queries say
// what an investigation is about, so they are in no address and in no storage of the browser.
import { useMemo, useSyncExternalStore } from 'react';
import { useSession } from '../../api/session.ts';
import type { SavedQuery } from './api.ts';

export interface Draft {
  readonly text: string;
  /** What it was loaded from or saved as. */
  readonly saved: SavedQuery | null;
}

const empty: Draft = { text: '', saved: null };
let current: Draft = empty;
let ownerId: string | undefined;
const listeners = new Set<() => void>();

function set(part: Partial<Draft>): void {
  current = { ...current, ...part };
  for (const each of listeners) each();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** The signed-in person's own: whoever signs in next in the same window does not see it. */
export function useDraft() {
  const { user } = useSession();
  if (ownerId !== user.id) {
    ownerId = user.id;
    current = empty;
  }
  const draft = useSyncExternalStore(subscribe, () => current);
  const isChanged = draft.text !== (draft.saved?.query ?? '');
  return useMemo(() => ({ ...draft, isChanged, set }), [draft, isChanged]);
}
