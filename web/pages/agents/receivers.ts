// How a log collector gets the log of a data source.

export const receivers = ['syslog-udp', 'syslog-tcp', 'syslog-tls', 'ftp', 'ftps'] as const;
export type Receiver = (typeof receivers)[number] | 'none';

/** A receiver type that has words. */
export function receiverOf(name: string | null): Receiver {
  return receivers.find((each) => each === name) ?? 'none';
}
