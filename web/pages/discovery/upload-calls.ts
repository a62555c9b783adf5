// Calls about uploaded traffic logs.
import { queryOptions } from '@tanstack/react-query';
import type { BegunUpload, DiscoveryUpload, LogKinds } from '../../../src/apis/management/discovery-uploads-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type Upload = Type.Static<typeof DiscoveryUpload>;
export type UploadState = Upload['state'];

export const uploadStates = ['created', 'uploaded', 'queued', 'processing', 'done', 'failed', 'cancelled'] as const;

export const uploadsKey = ['discovery-uploads'];

/** Nothing changes in an upload that has ended. */
export function hasEnded({ state }: Upload): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

export function listUploads({ filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<Upload>> {
  const { state, source, kind } = filters;
  const isSnapshot = kind === undefined ? undefined : kind === 'snapshot';
  return call(managementPath('discovery', 'uploads'), { query: { ...page, state, source, isSnapshot }, signal });
}

/** One upload, asked for again and again until it has ended. */
export function uploadQuery(id: string) {
  return queryOptions({
    queryKey: [...uploadsKey, 'one', id],
    queryFn: ({ signal }) => call<Upload>(managementPath('discovery', 'uploads', id), { signal }),
    refetchInterval: ({ state: { data } }) => (data && hasEnded(data) ? false : 1000),
  });
}

export const logKindsQuery = queryOptions({
  queryKey: ['discovery-log-kinds'],
  queryFn: ({ signal }) => call<Type.Static<typeof LogKinds>>(managementPath('discovery', 'log-kinds'), { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function cancelUpload(id: string): Promise<Upload> {
  return call(managementPath('discovery', 'uploads', id, 'cancel'), { method: 'POST' });
}

export function deleteUpload(id: string): Promise<void> {
  return call(managementPath('discovery', 'uploads', id), { method: 'DELETE' });
}

interface NewSnapshot {
  /** The kind of log by its name on the wire. */
  readonly source: string;
  readonly name: string;
  readonly file: File;
}

/** The three steps: a place for the file, the file, and what to do with it. `progress` goes from 0 to 1 while the file is sent. */
export async function sendSnapshot(
  { source, name, file }: NewSnapshot,
  signal: AbortSignal,
  progress: (part: number) => void,
): Promise<Upload> {
  const uploads = managementPath('discovery', 'uploads');
  const begun = await call<Type.Static<typeof BegunUpload>>(uploads, {
    body: { fileName: file.name, source },
    signal,
  });
  const { id } = begun.upload;
  try {
    await sendFile(begun.url, file, signal, progress);
    return await call(managementPath('discovery', 'uploads', id, 'finish'), { body: { snapshot: name }, signal });
  } catch (error) {
    // What was begun is not to wait for what does not come. Whoever may only upload cannot cancel it; then it expires.
    await cancelUpload(id).catch(() => undefined);
    throw error;
  }
}

/** With XMLHttpRequest, which unlike fetch tells how much has been sent. The URL's host may be another name of this server. */
function sendFile(url: string, file: File, signal: AbortSignal, progress: (part: number) => void): Promise<void> {
  const { pathname, search } = new URL(url, location.href);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', pathname + search);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-ms-blob-type', 'BlockBlob');
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      if (request.status === 201) resolve();
      else reject(new ApiProblem(request.status, messageOf(request.responseText) ?? `HTTP ${request.status}`));
    };
    request.onerror = () => reject(new ApiProblem(0, 'The connection broke off.', { code: 'unreachable' }));
    request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Blob stores answer errors in XML. */
function messageOf(answer: string): string | undefined {
  const found = new DOMParser().parseFromString(answer, 'application/xml').querySelector('Message')?.textContent;
  return found === undefined || found === '' ? undefined : found;
}
