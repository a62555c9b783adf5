// The states of a SIEM agent (cloud-apps reference 4): Created, Connected, Connection error after two hours, Disconnected
// after twelve. They follow from times, so that they are right at every look.
import { hourMs } from '../lib/clock.ts';

export type SiemStatus = 'created' | 'connected' | 'connection-error' | 'disconnected';

const connectionErrorMs = 2 * hourMs;
const disconnectedMs = 12 * hourMs;

/** `reportedAt` is its last sign of life, `siemDownSince` since when it has not reached its SIEM. */
export function siemStatus(
  { reportedAt, siemDownSince }: { readonly reportedAt: number | null; readonly siemDownSince: number | null },
  now: number,
): SiemStatus {
  if (reportedAt === null) return 'created';
  const silentMs = now - reportedAt;
  const downMs = siemDownSince === null ? 0 : now - siemDownSince;
  const worst = Math.max(silentMs, downMs);
  if (worst > disconnectedMs) return 'disconnected';
  return worst > connectionErrorMs ? 'connection-error' : 'connected';
}
