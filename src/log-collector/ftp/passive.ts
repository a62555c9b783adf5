import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface PassiveOptions {
  readonly host: string;
  /** Ports for data connections; 0 to 0 for any free one. */
  readonly firstPort: number;
  readonly lastPort: number;
  /** The peer must connect so soon after it asked for a port; half a minute unless given. */
  readonly connectMs?: number;
}

const initialConnectMs = 30_000;

/** A port that waits for one data connection of one client. */
export class PassivePort {
  readonly #server: Server;
  readonly #connected: Promise<Socket | null>;
  readonly port: number;

  private constructor(server: Server, port: number, peer: string, connectMs: number) {
    this.#server = server;
    this.port = port;
    this.#connected = new Promise((resolve) => {
      const timer = setTimeout(() => server.close(), connectMs);
      timer.unref();
      server.on('connection', (socket: Socket) => {
        // Anybody may knock at an open port; only who asked for it is let in.
        if (socket.remoteAddress !== peer) {
          socket.destroy();
          return;
        }
        clearTimeout(timer);
        // It may break before anybody reads from it.
        socket.on('error', () => socket.destroy());
        resolve(socket);
        server.close();
      });
      // No more descriptors, say: the client finds nobody there and tries again.
      server.on('error', () => server.close());
      server.on('close', () => {
        clearTimeout(timer);
        resolve(null);
      });
    });
  }

  /** Opens the first free port of the range. Throws when none is free. */
  static async open(options: PassiveOptions, peer: string): Promise<PassivePort> {
    const { host, firstPort, lastPort, connectMs = initialConnectMs } = options;
    let port = firstPort;
    for (;;) {
      const server = createServer({ pauseOnConnect: true });
      try {
        server.listen(port, host, 1);
        await once(server, 'listening');
        const address = server.address();
        const open = typeof address === 'object' && address ? address.port : port;
        return new PassivePort(server, open, peer, connectMs);
      } catch (error) {
        if (port >= lastPort) throw error;
        port++;
      }
    }
  }

  /** The data connection; null when nobody came in time. */
  connection(): Promise<Socket | null> {
    return this.#connected;
  }

  async close(): Promise<void> {
    this.#server.close();
    (await this.#connected)?.destroy();
  }
}
