// How the agent is, for who looks at its folder: written beside the checkpoint, never read by the agent itself.
import type { StateFolder } from '../agent-client/state-folder.ts';
import { number, object } from './records.ts';

export interface AgentStatus {
  /** When it was written; epoch milliseconds, as all times here. */
  readonly at: number;
  readonly pid: number;
  readonly isStopped: boolean;
  readonly version: string;
  readonly server: string;
  /** Null before the server first answered, as the next. */
  readonly name: string | null;
  readonly isEnabled: boolean | null;
  readonly sent: { readonly alerts: number; readonly activities: number };
  readonly lastSentAt: number | null;
  readonly problems: readonly { readonly title: string; readonly detail: string; readonly since: number }[];
  /** What is wrong between agent and server; null while nothing is. */
  readonly serverTrouble: string | null;
}

const statusName = 'status.json';

/** Tells `failed` why it could not be written: that stops nothing. */
export function writeStatus(folder: StateFolder, status: AgentStatus, failed: (reason: string) => void): void {
  try {
    folder.write(statusName, `${JSON.stringify(status, null, 2)}\n`);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException; // Whatever was thrown; it is only shown.
    failed(code);
  }
}

/** What the agent last wrote; null when no agent has run with the folder. */
export function readStatus(folder: StateFolder): AgentStatus | null {
  const text = folder.read(statusName);
  if (text === null) return null;
  const status: unknown = JSON.parse(text);
  // Written whole or not at all, by the function above.
  return number(object(status).at) === undefined ? null : (status as AgentStatus);
}
