// Uploaded traffic logs: what became of each.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showBlock, showList, when } from '../show.ts';
import type { TextKey } from '../text.ts';
import { printable } from '../width.ts';
import type { WireDiscoveryUpload } from '../wire.ts';

const states: Readonly<Record<WireDiscoveryUpload['state'], TextKey>> = {
  created: 'discovery.uploads.states.created',
  uploaded: 'discovery.uploads.states.uploaded',
  queued: 'discovery.uploads.states.queued',
  processing: 'discovery.uploads.states.processing',
  done: 'discovery.uploads.states.done',
  failed: 'discovery.uploads.states.failed',
  cancelled: 'discovery.uploads.states.cancelled',
};

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireDiscoveryUpload>(call, {
    path: '/discovery/uploads',
    query: { state: call.option('state'), stream: call.option('stream') },
    columns: [
      { heading: t('discovery.uploads.id'), cell: ({ id }) => id },
      { heading: t('discovery.uploads.file'), cell: ({ fileName }) => fileName },
      { heading: t('discovery.uploads.stream'), cell: ({ streamName }) => streamName ?? '-' },
      { heading: t('discovery.uploads.state'), cell: ({ state }) => t(states[state]) },
      { heading: t('discovery.uploads.used'), cell: ({ result }) => (result ? String(result.used) : '-') },
      { heading: t('discovery.uploads.at'), cell: ({ createdAt }) => when(call, createdAt) },
    ],
  });
  return exitCodes.ok;
}

export async function show(call: Call): Promise<ExitCode> {
  const upload = await call.api().call<WireDiscoveryUpload>('GET', at`/discovery/uploads/${call.operand('UPLOAD')}`);
  showBlock(call, upload, [
    ['discovery.uploads.id', upload.id],
    ['discovery.uploads.file', upload.fileName],
    ['discovery.uploads.source', upload.source],
    ['discovery.uploads.stream', upload.streamName ?? '-'],
    ['discovery.uploads.state', call.t(states[upload.state])],
    ['discovery.uploads.by', upload.createdBy],
    ['discovery.uploads.at', when(call, upload.createdAt)],
    ['discovery.uploads.endedAt', when(call, upload.endedAt)],
    ['discovery.uploads.attempts', String(upload.attempts)],
  ]);
  if (!call.isJson) sayResult(call, upload);
  return exitCodes.ok;
}

/** What was found, why not, and the first lines that could not be used. */
export function sayResult(call: Call, { fileName, state, problem, duplicateOf, result }: WireDiscoveryUpload): void {
  const { t } = call;
  // Names and lines come from whoever sent the log.
  const file = printable(fileName);
  if (problem !== null) call.say(t('discovery.uploads.failed', { file, problem: printable(problem) }));
  if (duplicateOf !== null) {
    // Its counts would read as if it had counted.
    call.say(t('discovery.uploads.duplicate', { file, id: duplicateOf }));
    return;
  }
  if (result === null) {
    if (problem === null) call.say(t('discovery.uploads.stands', { file, state: t(states[state]) }));
    return;
  }
  const { read, used, apps, skipped, firstBad, looksLike } = result;
  if (state === 'done') call.say(t('discovery.uploads.counts', { file, read, used, apps }));
  for (const [reason, count] of Object.entries(skipped)) {
    if (count > 0) call.say(`  ${t('discovery.uploads.skipped', { reason: reasonText(call, reason), count })}`);
  }
  // The server's sentence names the kind as a rule.
  if (looksLike !== null && problem?.includes(looksLike) !== true)
    call.note(t('discovery.uploads.looksLike', { source: looksLike }));
  for (const { line, reason, excerpt } of firstBad) {
    call.note(t('discovery.uploads.badLine', { line, reason: reasonText(call, reason), excerpt: printable(excerpt) }));
  }
}

const reasons: Readonly<Record<string, TextKey>> = {
  other: 'discovery.uploads.reasons.other',
  malformed: 'discovery.uploads.reasons.malformed',
  'no-time': 'discovery.uploads.reasons.noTime',
  'no-destination': 'discovery.uploads.reasons.noDestination',
  inbound: 'discovery.uploads.reasons.inbound',
  'too-old': 'discovery.uploads.reasons.tooOld',
  'in-the-future': 'discovery.uploads.reasons.inTheFuture',
  'too-long': 'discovery.uploads.reasons.tooLong',
  internal: 'discovery.uploads.reasons.internal',
  'unknown-address': 'discovery.uploads.reasons.unknownAddress',
};

function reasonText(call: Call, reason: string): string {
  const key = reasons[reason];
  return key ? call.t(key) : reason;
}

export async function cancel(call: Call): Promise<ExitCode> {
  const id = call.operand('UPLOAD');
  await confirm(call, call.t('discovery.uploads.cancel.question', { id }));
  const request = { method: 'POST', path: at`/discovery/uploads/${id}/cancel` };
  await doAndSay(call, request, call.t('discovery.uploads.cancel.done', { id }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const id = call.operand('UPLOAD');
  await confirm(call, call.t('discovery.uploads.delete.question', { id }));
  const request = { method: 'DELETE', path: at`/discovery/uploads/${id}` };
  await doAndSay(call, request, call.t('discovery.uploads.delete.done', { id }));
  return exitCodes.ok;
}
