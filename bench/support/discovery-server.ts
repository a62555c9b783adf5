// A server in a process of its own, with an administrator's API token, that reads the logs which it is sent: for benches of
// cloud discovery. Its parent sends them over HTTP, so that the memory of this process is the server's.
import { startReadingLogs } from '../../src/discovery/uploads/worker.ts';
import { makeUploader } from '../../test/support/discovery-uploads.ts';
import { startTestServer } from '../../test/support/server.ts';

/** What the process tells its parent when it listens. */
export interface DiscoveryListening {
  readonly port: number;
  readonly token: string;
}

/** What it tells when it is asked: the most memory that it had since it was asked last, bytes. */
export interface PeakMemory {
  readonly rssBytesMax: number;
}

const sampleMs = 20;

const server = await startTestServer({
  settings: {
    discoveryThreads: 2,
    eventMemoryBytesMax: 268_435_456,
    sessionRequestsPerMinute: 1_000_000,
    tenantRequestsPerMinute: 1_000_000,
  },
});
const uploader = await makeUploader(server);
const reading = startReadingLogs(server.services);
let rssBytesMax = 0;
const timer = setInterval(() => {
  rssBytesMax = Math.max(rssBytesMax, process.memoryUsage.rss());
}, sampleMs);
process.on('message', () => {
  process.send?.({ rssBytesMax } satisfies PeakMemory);
  rssBytesMax = 0;
});
// The parent ends us by closing the channel.
process.on('disconnect', () => {
  clearInterval(timer);
  void reading
    .stop()
    .then(() => server.dispose())
    .then(() => process.exit(0));
});
process.send?.({ port: server.port, token: uploader.token } satisfies DiscoveryListening);
