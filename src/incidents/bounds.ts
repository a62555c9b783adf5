// What one incident may collect over time. Merging, moving alerts back and forth and later states of other products add to
// its comments, tags and reasons without anybody deciding that there should be so many.
import { parseTicks } from '../lib/ticks.ts';
import type { CorrelationReason, IncidentComment, IncidentRecord } from './incident-record.ts';

/** Comments of one incident, and their texts together. */
export const commentsMax = 1000;
const commentsLengthMax = 1_048_576;
const tagsKeptMax = 1000;
const reasonsMax = 2000;

/** The record within these bounds: of what is too much, the oldest goes. */
export function bounded(record: IncidentRecord): IncidentRecord {
  const { comments, reasons, tags } = record;
  const isWithin =
    comments.length <= commentsMax && lengthOf(comments) <= commentsLengthMax && tags.length <= tagsKeptMax;
  const within = isWithin
    ? record
    : { ...record, comments: boundedComments(comments), tags: tags.slice(0, tagsKeptMax) };
  return reasons.length === 0 ? within : { ...within, reasons: boundedReasons(reasons) };
}

/** Whether one more comment finds room. */
export function hasRoomFor(comment: string, comments: readonly IncidentComment[]): boolean {
  return comments.length < commentsMax && lengthOf(comments) + comment.length <= commentsLengthMax;
}

function lengthOf(comments: readonly IncidentComment[]): number {
  return comments.reduce((sum, { comment }) => sum + comment.length, 0);
}

/** Newest first; comments of unknown time stay at the end. */
export function newestFirst(comments: readonly IncidentComment[]): IncidentComment[] {
  const timeOf = ({ createdTime }: IncidentComment): bigint => parseTicks(createdTime ?? '') ?? 0n;
  return [...comments].sort((left, right) =>
    timeOf(left) < timeOf(right) ? 1 : timeOf(left) > timeOf(right) ? -1 : 0,
  );
}

const note = 'Older comments were left out, because an incident keeps a bounded number of them.';

/** The newest that fit, and a note in the place of the others. */
function boundedComments(comments: readonly IncidentComment[]): readonly IncidentComment[] {
  if (comments.length <= commentsMax && lengthOf(comments) <= commentsLengthMax) return comments;
  const kept: IncidentComment[] = [];
  let length = note.length;
  for (const comment of newestFirst(comments)) {
    length += comment.comment.length;
    if (kept.length === commentsMax - 1 || length > commentsLengthMax) {
      const { createdTime = null } = comment;
      return [...kept, { comment: note, createdBy: 'sallyport', createdTime }];
    }
    if (comment.comment !== note) kept.push(comment);
  }
  return kept;
}

/**
 * Of an alert that was moved several times, the last move counts; the newest reasons stay. That somebody moved alerts is
 * never forgotten: correlation leaves such an incident alone.
 */
function boundedReasons(reasons: readonly CorrelationReason[]): readonly CorrelationReason[] {
  const last = new Map<string, CorrelationReason>();
  for (const reason of reasons) {
    const key = JSON.stringify('from' in reason ? [reason.alertId] : [reason.alertId, reason.with]);
    last.delete(key);
    last.set(key, reason);
  }
  const kept = [...last.values()];
  if (kept.length <= reasonsMax) return kept;
  const newest = kept.slice(-reasonsMax);
  if (newest.some(isMove)) return newest;
  const move = kept.findLast(isMove);
  return move ? [move, ...newest.slice(1)] : newest;
}

function isMove(reason: CorrelationReason): boolean {
  return 'from' in reason;
}
