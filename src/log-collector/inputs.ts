// The ports and directories of a collector's data sources, opened and closed as the server says.
import { InputCounts } from './counts.ts';
import type { FtpDirectory } from './ftp/session.ts';
import { type Inlet, type Receiver, receiveTcp, receiveTls, receiveUdp, type TlsFiles } from './receivers.ts';
import type { CollectorInput } from './settings.ts';
import type { Spool } from './spool.ts';
import { throttled } from './throttled.ts';
import type { Uploading } from './uploader.ts';

export interface InputOptions {
  readonly host: string;
  /** Certificate, key and senders' authorities for TLS; null when none were given. */
  readonly tls: TlsFiles | null;
  /** Largest file that is taken by FTP. */
  readonly fileBytesMax: number;
  readonly log: (message: string) => void;
}

interface OpenInput {
  readonly input: CollectorInput;
  readonly counts: InputCounts;
  readonly receiver: Receiver | null;
}

export class Inputs {
  readonly #spool: Spool;
  readonly #options: InputOptions;
  readonly #open = new Map<string, OpenInput>();
  /** No longer the collector's; what came in for them before goes to the server all the same. */
  readonly #former = new Map<string, { readonly input: CollectorInput; readonly counts: InputCounts }>();

  constructor(spool: Spool, options: InputOptions) {
    this.#spool = spool;
    this.#options = options;
  }

  /** By the data source's id. */
  all(): ReadonlyMap<string, OpenInput> {
    return this.#open;
  }

  /** All whose pieces go to the server. */
  uploading(): ReadonlyMap<string, Uploading> {
    return new Map<string, Uploading>([...this.#former, ...this.#open]);
  }

  /** Data sources that were the collector's, and for which something waits. */
  former(): CollectorInput[] {
    for (const id of this.#former.keys()) {
      if (this.#spool.channel(id).bytes === 0 || this.#open.has(id)) this.#former.delete(id);
    }
    return [...this.#former.values()].map(({ input }) => input);
  }

  /** Takes over what `former` gave in an earlier process. */
  remember(former: readonly CollectorInput[]): void {
    for (const input of former) this.#former.set(input.id, { input, counts: new InputCounts() });
  }

  /** Opens what is new, closes what is gone or changed; one port that cannot be opened does not keep the others closed. */
  async apply(inputs: readonly CollectorInput[]): Promise<void> {
    for (const [id, { input, receiver }] of this.#open) {
      if (inputs.some((each) => each.id === id && isSame(each, input))) continue;
      await receiver?.close();
      this.#open.delete(id);
      this.#former.set(id, { input, counts: new InputCounts() });
    }
    for (const input of inputs) {
      const known = this.#open.get(input.id);
      // What could not be opened before is tried again with each word of the server.
      if (known && known.counts.receivingProblem === null) continue;
      const counts = known?.counts ?? new InputCounts();
      this.#open.set(input.id, { input, counts, receiver: await this.#receive(input, counts) });
    }
  }

  async #receive(input: CollectorInput, counts: InputCounts): Promise<Receiver | null> {
    const { host, tls, log } = this.#options;
    const channel = this.#spool.channel(input.id);
    const inlet: Inlet = {
      take: ({ bytes, count }) => {
        channel.append(bytes, count);
        counts.received(count, bytes.length);
      },
      complain: throttled((message) => log(`${input.name}: ${message}`)),
    };
    const listening = { host, port: input.port ?? 0 };
    const before = counts.receivingProblem;
    try {
      counts.receivingProblem = null;
      if (input.receiverType === 'syslog-udp') return await receiveUdp(listening, inlet);
      if (input.receiverType === 'syslog-tcp') return await receiveTcp(listening, inlet);
      if (input.receiverType === 'ftp' || (input.receiverType === 'ftps' && tls)) return null;
      if (tls && input.receiverType === 'syslog-tls' && tls.authorities.length > 0)
        return await receiveTls(listening, tls, inlet);
      counts.receivingProblem =
        input.receiverType === 'ftps'
          ? 'FTPS needs --tls-certificate and --tls-key.'
          : 'TLS needs --tls-certificate, --tls-key and --tls-authorities (those of the senders).';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      counts.receivingProblem = `Port ${input.port} cannot be opened: ${reason}`;
    }
    if (counts.receivingProblem !== before) log(`${input.name}: ${counts.receivingProblem}`);
    return null;
  }

  /** The directories of the data sources that take files. */
  directories(): FtpDirectory[] {
    return [...this.#open.values()]
      .filter(({ input }) => input.receiverType === 'ftp' || input.receiverType === 'ftps')
      .map((each) => this.#directory(each));
  }

  #directory({ input, counts }: OpenInput): FtpDirectory {
    const channel = this.#spool.channel(input.id);
    const { fileBytesMax } = this.#options;
    return {
      name: input.name,
      needsTls: input.receiverType === 'ftps',
      store: async (_fileName, content) => {
        const bytes = await channel.receive(content, fileBytesMax);
        counts.received(0, bytes);
        return bytes;
      },
    };
  }

  async close(): Promise<void> {
    for (const { receiver } of this.#open.values()) await receiver?.close();
    this.#open.clear();
  }
}

function isSame(a: CollectorInput, b: CollectorInput): boolean {
  return a.name === b.name && a.source === b.source && a.receiverType === b.receiverType && a.port === b.port;
}
