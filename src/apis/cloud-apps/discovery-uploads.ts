// upload_url and done_upload: the first and the last of the three steps in which a log comes in (cloud-apps reference 2.8). The
// one between them is in apis/discovery-files.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginUpload } from '../../discovery/uploads/begin.ts';
import { finishByUrl } from '../../discovery/uploads/finish.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { hostHeaderOf } from '../../listening/host-header.ts';
import { resolveHost } from '../../listening/names.ts';
import { isPlainObject } from './filter-grammar.ts';
import { parseFlag } from './filter-values.ts';
import { cloudAppsCtx } from './surface.ts';

/** GET …/upload_url/?filename=&source= gives the URL for one file. */
export async function uploadUrl(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const asked = { ...membersOf(request.query), ...membersOf(request.body) };
  const fileName = textOf(
    asked,
    'filename',
    'Give the name of the file as filename, and the kind of its log as source.',
  );
  const source = textOf(asked, 'source', 'Give the kind of the log as source, such as SQUID or PALO_ALTO.');
  // The client comes back by the host that it called; it is one of ours, or the request would not be here.
  const origin = resolveHost(ctx.names, hostHeaderOf(request.raw)).canonicalOrigin;
  const { url } = await beginUpload(ctx, { fileName, source }, origin);
  return send(reply, { url, provider: 'azure' });
}

/** POST …/done_upload/ with {uploadUrl, inputStreamName, uploadAsSnapshot?}, as JSON or as a form. */
export async function doneUpload(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const body = membersOf(request.body);
  const url = textOf(body, 'uploadUrl', 'Send uploadUrl as upload_url gave it.');
  const handover = {
    inputStreamName: textOf(body, 'inputStreamName', 'Send the name of a data source as inputStreamName.'),
    isSnapshot: snapshotFlag(body.uploadAsSnapshot),
  };
  const upload = await finishByUrl(ctx, url, handover);
  return send(reply, { success: true, uploadId: upload.id, inputStreamId: upload.streamId });
}

function snapshotFlag(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  const flag = parseFlag(value);
  if (flag === undefined) throw new InvalidInput('uploadAsSnapshot', 'uploadAsSnapshot must be true or false.');
  return flag;
}

/** A name that occurs more than once counts with its last value. */
function membersOf(given: unknown): Record<string, unknown> {
  if (!isPlainObject(given)) return {};
  return Object.fromEntries(
    Object.entries(given).map(([member, value]) => [member, Array.isArray(value) ? value.at(-1) : value]),
  );
}

function textOf(members: Record<string, unknown>, member: string, problem: string): string {
  const value = members[member];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new InvalidInput(member, problem);
}

function send(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}
