// One line of an ingestion, up to the provider's record inside it. The Management Activity API gives the record itself;
// Purview's export and Search-UnifiedAuditLog give it as JSON text in AuditData, and Graph's audit log query as an
// object in auditData.
import { dayMs, isoTime } from '../../lib/clock.ts';
import { type AuditRecord, isRecord, parseTime, piece } from './fields.ts';

export interface Envelope {
  readonly record: AuditRecord;
  /** JSON text of the record, as the provider wrote it. */
  readonly text: string;
  readonly recordId: string;
  readonly timestamp: number;
  readonly operation: string;
}

/** Why a line is refused: a sentence for the person who sent it. */
export interface Problem {
  readonly reason: string;
}

const depthMax = 64;
const idCharsMax = 200;
const operationCharsMax = 300;
/** No service that writes these records is older. */
const earliest = Date.UTC(2005, 0, 1);

/** Reads one line; never throws. `now` bounds the times that are believed. */
export function readEnvelope(line: string, now: number): Envelope | Problem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { reason: notJson(line) };
  }
  if (Array.isArray(parsed)) {
    return {
      reason:
        'This line is a JSON array. Send one object per line, or give the file to "sallyport ingest activities", which takes arrays apart.',
    };
  }
  if (!isRecord(parsed)) return { reason: 'This line is JSON, but not an object.' };
  const inner = unwrap(parsed, line);
  if ('reason' in inner) return inner;
  if (hasMoreBrackets(inner.text, depthMax) && isDeeperThan(inner.record, depthMax))
    return { reason: `The record is nested deeper than ${depthMax} levels.` };
  return readCommon(inner.record, inner.text, inner.record === parsed ? undefined : parsed, now);
}

function notJson(line: string): string {
  const start = line.trim();
  if (start === '[' || start === '{' || start === ']' || start === '}') {
    return 'This line is only part of a JSON value. Write every record on one line, or give the file to "sallyport ingest activities".';
  }
  return 'This line is not JSON.';
}

interface Inner {
  readonly record: AuditRecord;
  readonly text: string;
}

function unwrap(outer: AuditRecord, line: string): Inner | Problem {
  const data = outer.AuditData ?? outer.auditData;
  if (data === undefined || data === null) return { record: outer, text: line.trim() };
  if (isRecord(data)) return { record: data, text: JSON.stringify(data) };
  if (typeof data !== 'string') return { reason: 'AuditData must be the text of a JSON object.' };
  let record: unknown;
  try {
    record = JSON.parse(data);
  } catch {
    return { reason: 'AuditData is not JSON; the export may have cut it off.' };
  }
  if (!isRecord(record)) return { reason: 'AuditData is JSON, but not an object.' };
  // Inside AuditData a lone surrogate may stand unescaped, which no UTF-8 can carry: then the record is written anew.
  return { record, text: data.isWellFormed() ? data.trim() : JSON.stringify(record) };
}

function readCommon(
  record: AuditRecord,
  text: string,
  wrapper: AuditRecord | undefined,
  now: number,
): Envelope | Problem {
  const id = record.Id ?? record.id ?? wrapper?.Identity ?? wrapper?.RecordId ?? wrapper?.id;
  const recordId = piece(id);
  if (typeof id !== 'string' || recordId.trim() === '') return { reason: 'The record has no Id.' };
  if (id.length > idCharsMax) return { reason: `Id is longer than ${idCharsMax} characters.` };

  const time = record.CreationTime ?? wrapper?.CreationDate ?? wrapper?.createdDateTime;
  if (time === undefined || time === null || time === '') return { reason: 'The record has no CreationTime.' };
  const timestamp = typeof time === 'string' ? parseTime(time) : undefined;
  if (timestamp === undefined) {
    return { reason: 'CreationTime is not a time such as 2026-05-04T09:30:00.' };
  }
  if (timestamp < earliest) return { reason: `CreationTime lies before ${isoTime(earliest).slice(0, 10)}.` };
  if (timestamp > now + dayMs) return { reason: 'CreationTime lies more than a day in the future.' };

  const name = record.Operation ?? wrapper?.Operation ?? wrapper?.Operations ?? wrapper?.operation;
  const operation = piece(name);
  if (typeof name !== 'string' || operation.trim() === '') return { reason: 'The record has no Operation.' };
  if (name.length > operationCharsMax) return { reason: `Operation is longer than ${operationCharsMax} characters.` };
  // GUIDs are written in either case by different exports of the same record.
  return { record, text, recordId: recordId.toLowerCase(), timestamp, operation };
}

/** Without more opening brackets than that, in strings or not, nothing can be deeper: most records are done here. */
function hasMoreBrackets(text: string, most: number): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++count > most) return true;
    }
  }
  return false;
}

/** Walks without recursion, so that no input can exhaust the stack. */
function isDeeperThan(root: AuditRecord, levels: number): boolean {
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    const next: object[] = [];
    for (const value of level) {
      for (const member in value) {
        const child = (value as AuditRecord)[member]; // JSON.parse made it: an object or a list.
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return false;
}
