// PUT of a file, whole or in blocks. The body is never held: it is written to the disk as fast as it comes, and it may take as
// long as it needs, but it must go on.
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { commitBlocks, receiveBlock } from '../../discovery/uploads/blocks.ts';
import { findTarget, type Received, receiveWhole, UploadRefused } from '../../discovery/uploads/receive.ts';
import { referenceOf } from '../../discovery/uploads/urls.ts';
import { InvalidInput, TooLarge } from '../../lib/failures.ts';
import { begunOf } from '../arrival.ts';
import { longBody } from '../long-bodies.ts';
import { parseBlockList } from './block-list.ts';
import { boundaryOf, fileOf } from './multipart.ts';

type BlobRequest = FastifyRequest<{
  Params: { tenant: string; upload: string; name: string };
  Querystring: Record<string, unknown>;
}>;

const defaultVersion = '2021-12-02';
/** 50,000 names of blocks of the longest kind, with what is around them. */
const blockListBytesMax = 16 * 1024 * 1024;

export async function put(services: Services, request: BlobRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { tenant, upload, name } = request.params;
  const reference = referenceOf(tenant, upload, name, queryText(request, 'sig'));
  if (!reference) {
    throw new UploadRefused(
      'wrong-signature',
      'This URL is not one that upload_url gave. Send the file to the URL exactly as it came.',
    );
  }
  const row = await findTarget(services, reference);
  const comp = queryText(request, 'comp').toLowerCase();
  if (comp === 'block') {
    const md5 = md5Of(request);
    await receiveBlock(services, row, queryText(request, 'blockid'), bodyOf(services, request), { md5 });
    return created(request, reply, services.clock(), null, md5);
  }
  const mustBeNew = headerOf(request, 'if-none-match').trim() === '*';
  if (comp === 'blocklist') {
    const list = parseBlockList(await textOf(bodyOf(services, request)));
    return created(request, reply, services.clock(), await commitBlocks(services, row, list, { mustBeNew }), null);
  }
  if (comp !== '')
    throw new InvalidInput('comp', `comp=${comp.slice(0, 50)} is not taken here. Send the file, block or blocklist.`);
  const type = headerOf(request, 'x-ms-blob-type');
  if (type !== '' && type.toLowerCase() !== 'blockblob') {
    throw new InvalidInput('x-ms-blob-type', 'Only a BlockBlob is taken here. Send x-ms-blob-type: BlockBlob.');
  }
  const md5 = md5Of(request);
  const received = await receiveWhole(services, row, bodyOf(services, request), { md5, mustBeNew });
  return created(request, reply, services.clock(), received, md5);
}

/** What clients read of the answer; a block has neither tag nor time. */
function created(
  request: BlobRequest,
  reply: FastifyReply,
  now: number,
  received: Received | null,
  md5: string | null,
): FastifyReply {
  const version = headerOf(request, 'x-ms-version');
  const clientId = headerOf(request, 'x-ms-client-request-id');
  return reply
    .code(201)
    .headers({
      ...(received
        ? { etag: `"0x${received.version.toUpperCase()}"`, 'last-modified': new Date(now).toUTCString() }
        : {}),
      ...(md5 === null ? {} : { 'content-md5': md5 }),
      ...(/^[\x21-\x7e]{1,256}$/.test(clientId) ? { 'x-ms-client-request-id': clientId } : {}),
      'x-ms-request-id': begunOf(request).correlationId,
      'x-ms-version': /^\d{4}-\d{2}-\d{2}$/.test(version) ? version : defaultVersion,
      'x-ms-request-server-encrypted': 'false',
    })
    .send();
}

/** The bytes of the file: of the body, or of the first file in it when it is a form. */
function bodyOf({ config }: Services, request: BlobRequest): AsyncIterable<Buffer> {
  const declared = Number(headerOf(request, 'content-length'));
  const { discoveryUploadBytesMax } = config;
  const boundary = boundaryOf(headerOf(request, 'content-type'));
  if (boundary === undefined && declared > discoveryUploadBytesMax) {
    const limit = `${discoveryUploadBytesMax} bytes (setting discoveryUploadBytesMax)`;
    throw new TooLarge(`The file has more than ${limit}. Split it, or compress it.`);
  }
  const body = request.body as Readable | undefined; // What the parser of the routes hands over; undefined without a body.
  const bytes = body === undefined ? nothing() : longBody(request.raw, () => chunksOf(body));
  return boundary === undefined ? bytes : fileOf(bytes, boundary);
}

async function* nothing(): AsyncGenerator<Buffer> {}

/** The answer goes out on the same connection: a reader that stops early must not tear it down. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } catch {
    throw new InvalidInput('body', 'The connection ended before the body did. Send the file again to the same URL.');
  }
}

async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > blockListBytesMax) throw new TooLarge('The list of blocks is too long. Send larger blocks.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function md5Of(request: BlobRequest): string | null {
  const text = headerOf(request, 'content-md5');
  if (text === '') return null;
  if (Buffer.from(text, 'base64').length === 16) return Buffer.from(text, 'base64').toString('base64');
  throw new InvalidInput('content-type', 'Content-MD5 must be the Base64 text of the 16 bytes of an MD5.');
}

function headerOf({ headers }: BlobRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function queryText({ query }: BlobRequest, name: string): string {
  const value = query[name];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : '';
}
