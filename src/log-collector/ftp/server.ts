import { createServer } from 'node:net';
import type { Listening, Receiver } from '../receivers.ts';
import { type FtpOptions, FtpSession } from './session.ts';

const sessionsMax = 50;

/** Listens for FTP clients; one port for all data sources, a directory for each of them. */
export async function receiveFtp({ host, port }: Listening, options: FtpOptions): Promise<Receiver> {
  const sessions = new Set<FtpSession>();
  const server = createServer((socket) => {
    if (sessions.size >= sessionsMax) {
      // Whoever only holds a place makes room first.
      const idler = [...sessions].find(({ isSignedIn }) => !isSignedIn);
      if (idler) sessions.delete(idler);
      idler?.destroy();
    }
    if (sessions.size >= sessionsMax) {
      options.complain(`${socket.remoteAddress} was refused: ${sessionsMax} FTP clients are here.`);
      socket.on('error', () => {});
      socket.end('421 Too many clients are here. Try again later.\r\n');
      return;
    }
    const session = new FtpSession(socket, options);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', (error) => options.complain(error.message));
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    connections: () => sessions.size,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}
