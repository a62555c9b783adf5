// The first of the three steps: a URL for one file (cloud-apps reference 2.8).
import { randomBytes } from 'node:crypto';
import { require } from '../../access/caller.ts';
import type { Ctx } from '../../context.ts';
import { secondMs } from '../../lib/clock.ts';
import { Conflict, InvalidInput } from '../../lib/failures.ts';
import { callerId, callerName } from '../caller-name.ts';
import { unpublished } from '../parsers.ts';
import { parseSource } from '../streams/data-sources.ts';
import { countUnfinished, insertUpload, type UploadRow } from './store.ts';
import { parseFileName, type Upload, uploadOf } from './upload.ts';
import { mintSignature, uploadUrl, urlNameOf } from './urls.ts';

export interface UploadRequest {
  readonly fileName: string;
  /** Name of a kind of log, or the product's number of it. */
  readonly source: string | number;
}

/**
 * Makes an upload and the URL that its file is to be sent to, below `origin`, which is one of ours. The URL is told here
 * and never again. Needs Discovery.upload. Throws InvalidInput, and Conflict when too many are under way.
 */
export async function beginUpload(
  ctx: Ctx,
  request: UploadRequest,
  origin: string,
): Promise<{ readonly upload: Upload; readonly url: string }> {
  require(ctx.caller, 'Discovery.upload');
  const fileName = parseFileName(request.fileName);
  const { kind, name: source } = parseSource(request.source);
  const refusal = unpublished[kind];
  if (refusal !== undefined) throw new InvalidInput('source', refusal);
  const { tenantId } = ctx.caller;
  const { signature, secretHash } = mintSignature();
  const now = ctx.clock();
  const row: UploadRow = {
    ...blank,
    ...{ tenantId, id: randomBytes(16).toString('hex'), state: 'created', secretHash, fileName, source },
    urlExpiresAt: now + ctx.config.discoveryUrlTtlSeconds * secondMs,
    ...{ createdAt: now, createdBy: callerName(ctx.caller), createdById: callerId(ctx.caller), notBefore: now },
  };
  await ctx.store.transaction(async (trx) => {
    const { discoveryWaitingUploadsMax } = ctx.config;
    if ((await countUnfinished(trx, tenantId, now)) >= discoveryWaitingUploadsMax) {
      const limit = `${discoveryWaitingUploadsMax} uploads under way (setting discoveryWaitingUploadsMax)`;
      throw new Conflict('too-many-uploads', `This organisation has its ${limit}. Wait until some have been read.`);
    }
    await insertUpload(trx, row);
  });
  const reference = { tenantId, uploadId: row.id, name: urlNameOf(fileName), signature };
  return { upload: uploadOf(row), url: uploadUrl(origin, reference, row.urlExpiresAt) };
}

const blank = {
  ...{ eventStore: null, fileVersion: null, bytes: null, receivedAt: null, streamId: null, isSnapshot: 0 as const },
  ...{ finishedById: null, queuedAt: null, startedAt: null, endedAt: null, attempts: 0, lease: null },
  ...{ contentHash: null, duplicateOf: null, problemCode: null, problem: null, result: null },
};
