// Messages over UDP, one a datagram (RFC 5426). Nobody acknowledges them: taken is what was sent, unless the SIEM's system
// answers that nothing listens there.
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure, type Handing, type Sender, SendFailure } from './sender.ts';
import { cutToBytes } from './syslog.ts';

export interface DatagramTarget {
  readonly host: string;
  readonly port: number;
  /** Longer messages are cut: what does not fit is lost as a whole with most receivers. */
  readonly bytesMax: number;
}

/** So soon the system of the SIEM says that nothing listens, if it does. */
const refusalMs = 5;

export class DatagramSender implements Sender {
  readonly #target: DatagramTarget;
  #socket: Socket | undefined;
  #failure: Error | undefined;

  constructor(target: DatagramTarget) {
    this.#target = target;
  }

  /** Nobody ever says that a datagram is lost. */
  readonly isOwing = false;

  async send(messages: readonly string[], handing: Handing): Promise<void> {
    // A refusal that came late is of messages before: these have not been tried.
    if (this.#failure) this.close();
    const socket = this.#socket ?? (await this.#connect());
    try {
      for (const message of messages) await sendOne(socket, cutToBytes(message, this.#target.bytesMax));
      handing.taken();
      await sleep(refusalMs);
      if (this.#failure) throw this.#failure;
    } catch (error) {
      handing.doubtful();
      this.close();
      throw new SendFailure('send', describeFailure(error, this.#where));
    }
  }

  get #where(): string {
    return `${this.#target.host}:${this.#target.port}`;
  }

  async #connect(): Promise<Socket> {
    const { host, port } = this.#target;
    let socket: Socket | undefined;
    try {
      const { address, family } = isIP(host) ? { address: host, family: isIP(host) } : await addressOf(host);
      socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      this.#failure = undefined;
      socket.connect(port, address);
      await once(socket, 'connect');
      socket.on('error', (error) => {
        this.#failure = error;
      });
      this.#socket = socket;
      return socket;
    } catch (error) {
      socket?.close();
      throw new SendFailure('connection', describeFailure(error, this.#where));
    }
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

/** Names under localhost are this machine, whatever its resolver says (RFC 6761 section 6.3). */
async function addressOf(host: string): Promise<{ address: string; family: number }> {
  if (/(^|\.)localhost\.?$/i.test(host)) return { address: '127.0.0.1', family: 4 };
  return await lookup(host);
}

function sendOne(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
