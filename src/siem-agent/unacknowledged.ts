import { readFileSync } from 'node:fs';

/**
 * How many bytes of a TCP connection its other end has not acknowledged, as the system counts them: `gone` when it does not
 * know the connection any more, `untold` where it does not say. Linux lists connections with their ports in hexadecimal
 * and, as tx_queue, the bytes between what was written and what was acknowledged (proc_pid_net(5)).
 */
export function unacknowledgedBytes(localPort: number, remotePort: number): number | 'gone' | 'untold' {
  let isTold = false;
  for (const file of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    const table = readTable(file);
    if (table === undefined) continue;
    isTold = true;
    const found = queueOf(table, localPort, remotePort);
    if (found !== undefined) return found;
  }
  return isTold ? 'gone' : 'untold';
}

/** From the text of such a table; of several connections with these ports the one with most. */
export function queueOf(table: string, localPort: number, remotePort: number): number | undefined {
  const [local, remote] = [localPort, remotePort].map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  const row = new RegExp(`^\\s*\\d+: [0-9A-F]+:${local} [0-9A-F]+:${remote} [0-9A-F]{2} ([0-9A-F]{8}):`, 'gm');
  const queues = [...table.matchAll(row)].map(([, queue]) => Number.parseInt(queue ?? '', 16));
  return queues.length === 0 ? undefined : Math.max(...queues);
}

/** The system makes it up in memory: nothing waits for a disk. */
function readTable(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
