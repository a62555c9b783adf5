// The way to the SIEM. A sender gives messages over in order and says when the SIEM's machine has them; how it does so is
// the protocol's affair (stream-sender.ts, datagram-sender.ts).

export interface Handing {
  /** All of the messages are with this machine's system: they reach the SIEM even if the agent is killed now. */
  taken(): void;
  /** The SIEM is silent or gone: whether the messages reach it is not known any more. */
  doubtful(): void;
}

export interface Sender {
  /** Resolves when the SIEM's machine has all of the messages. Throws SendFailure; then they are to be sent again. */
  send(messages: readonly string[], handing: Handing): Promise<void>;
  /** True while something that was taken is to go once more; `send` gives it, with new messages or without. */
  readonly isOwing: boolean;
  close(): void;
}

/** `connection`: there is none to be had; `send`: it broke. The documented agent tells the two apart. */
export class SendFailure extends Error {
  override readonly name = 'SendFailure';
  readonly kind: 'connection' | 'send';
  constructor(kind: 'connection' | 'send', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A sentence about what Node says of a connection to a SIEM. */
export function describeFailure(error: unknown, where: string): string {
  const { code = '', message = '' } = error as NodeJS.ErrnoException; // Of whatever was thrown; both are checked.
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name of the SIEM ${where} cannot be resolved.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${where}.`;
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return `${where} does not answer (${code}).`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return `${where} broke the connection (${code}).`;
  if (/CERT|SIGNATURE|SSL|TLS|ALTNAME/.test(code)) return `No secure connection with ${where} could be made (${code}).`;
  return `The connection with ${where} failed (${/^[\w -]{1,40}$/.test(code) ? code : message.slice(0, 100)}).`;
}
