// One piece of a log to the server, in the three steps that every client takes (cloud-apps reference 2.8). A piece that is sent
// again, because the answer to the last step was lost, is known to the server by its content and counted once.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { AgentServer } from '../agent-client/server.ts';
import type { Segment } from './segments.ts';
import type { CollectorInput } from './settings.ts';

const readBytes = 256 * 1024;

/** Resolves when the server has the piece. Throws ServerRefusal, TransportFailure, and what the disk says of the piece. */
export async function uploadSegment(server: AgentServer, input: CollectorInput, segment: Segment): Promise<void> {
  const { size } = await stat(segment.path);
  const fileName = `${input.name}-${segment.sequence}.log${segment.kind === 'packed' ? '.gz' : ''}`;
  const query = `?filename=${encodeURIComponent(fileName)}&source=${encodeURIComponent(input.source)}`;
  const { url } = await server.call<{ readonly url: string }>('GET', `/api/v1/discovery/upload_url/${query}`);
  const content = createReadStream(segment.path, { highWaterMark: readBytes });
  try {
    await server.put(url, content, {
      'x-ms-blob-type': 'BlockBlob',
      'content-type': 'application/octet-stream',
      'content-length': String(size),
    });
  } finally {
    content.destroy();
  }
  // By its id: another data source may have the name by now.
  await server.call('POST', '/api/v1/discovery/done_upload/', { uploadUrl: url, inputStreamName: input.id });
}
