// The life of tenants and users: enabled, disabled, deleted, and back.
import { Conflict } from '../lib/failures.ts';

export interface LifeState {
  readonly status: 'enabled' | 'disabled' | 'deleted';
  /** What restoring goes back to; null while nothing is deleted. */
  readonly statusBeforeDeletion: 'enabled' | 'disabled' | null;
}

export type LifeAct = 'disable' | 'enable' | 'delete' | 'restore';

/**
 * The state after the act; undefined when it is that already. Restoring gives back what was before the deletion, so that
 * a locked account does not open by being deleted and restored. Throws Conflict when the act does not fit the state.
 */
export function stateAfter(what: string, state: LifeState, act: LifeAct): LifeState | undefined {
  switch (act) {
    case 'disable':
    case 'enable': {
      if (state.status === 'deleted') throw new Conflict('deleted', `${what} is deleted. Restore it first.`);
      const status = act === 'disable' ? 'disabled' : 'enabled';
      return state.status === status ? undefined : { status, statusBeforeDeletion: null };
    }
    case 'delete':
      return state.status === 'deleted' ? undefined : { status: 'deleted', statusBeforeDeletion: state.status };
    case 'restore':
      if (state.status !== 'deleted') throw new Conflict('not-deleted', `${what} is not deleted; nothing to restore.`);
      return { status: state.statusBeforeDeletion ?? 'disabled', statusBeforeDeletion: null };
  }
}
