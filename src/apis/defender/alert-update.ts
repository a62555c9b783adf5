// The body of an update of alerts (Defender reference 4.1): only what is sent changes; a comment is added to the others.
import type { Alert, AlertLifeChange, Classification } from '../../alerts/alert.ts';
import { findStatus } from '../../alerts/ingest/enumerations.ts';
import { fittingDetermination } from '../../alerts/life.ts';
import type { Ctx } from '../../context.ts';
import { nameOf } from '../../incidents/alert-changes.ts';
import { findClassification, findDetermination, knownDeterminations } from '../../incidents/vocabulary.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { shown } from '../odata/problem.ts';
import { optionalText } from './endpoint-bodies.ts';

export const updateMembers = ['status', 'assignedTo', 'classification', 'determination', 'comment'];
const nameLengthMax = 500;
const commentLengthMax = 8192;
const commentsMax = 1000;

export interface AlertUpdate {
  readonly status?: Alert['status'];
  readonly assignedTo?: string | null;
  readonly classification?: Classification;
  readonly determination?: string;
  readonly comment?: string;
}

/** Throws InvalidInput for words that are none, for a determination that does not go with the classification, and for nothing. */
export function readUpdate(body: Readonly<Record<string, unknown>>): AlertUpdate {
  const status = word(body, 'status', findStatus, 'New, InProgress, Resolved');
  const classification = word(
    body,
    'classification',
    findClassification,
    'Unknown, TruePositive, InformationalExpectedActivity, FalsePositive',
  );
  const determination = word(body, 'determination', findDetermination, knownDeterminations.join(', '));
  // Words that never go together are refused whatever alert is meant.
  if (classification !== undefined) requireFitting({ classification, determination: 'unknown' }, determination);
  const update = {
    ...(status === undefined ? {} : { status }),
    ...('assignedTo' in body ? { assignedTo: assignee(body) } : {}),
    ...(classification === undefined ? {} : { classification }),
    ...(determination === undefined ? {} : { determination }),
    ...commentIn(body),
  };
  if (Object.keys(update).length === 0) throw wrong(`it changes nothing; there are ${updateMembers.join(', ')}`);
  return update;
}

function word<Word extends string>(
  body: Readonly<Record<string, unknown>>,
  name: string,
  find: (text: string) => Word | undefined,
  words: string,
): Word | undefined {
  const text = optionalText(body, name);
  if (text === undefined) return undefined;
  const found = find(text);
  if (found === undefined) throw wrong(`${name} is one of ${words}, not ${shown(text)}`);
  return found;
}

/** Nobody's when it is empty or null. */
function assignee(body: Readonly<Record<string, unknown>>): string | null {
  const name = optionalText(body, 'assignedTo')?.trim() ?? '';
  if (name.length > nameLengthMax || /\p{Cc}/u.test(name)) {
    throw wrong(`assignedTo must be a name of at most ${nameLengthMax} printable characters`);
  }
  return name === '' ? null : name;
}

function commentIn(body: Readonly<Record<string, unknown>>): Pick<AlertUpdate, 'comment'> {
  const comment = optionalText(body, 'comment')?.trim();
  if (comment === undefined || comment === '') return {};
  if (comment.length > commentLengthMax) throw wrong(`comment is longer than ${commentLengthMax} characters`);
  return { comment };
}

type Verdict = Pick<Alert, 'classification' | 'determination'>;

function requireFitting(before: Verdict, determination: string | undefined): void {
  if (determination === undefined) return;
  try {
    fittingDetermination(before, { determination });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput('body', `Request body is incorrect: ${error.message}`);
  }
}

function wrong(what: string): InvalidInput {
  return new InvalidInput('body', `Request body is incorrect: ${what}.`);
}

/** What the update changes in this alert. Throws InvalidInput for a determination that this alert cannot have. */
export function changeOf(ctx: Ctx, alert: Alert, { comment, ...rest }: AlertUpdate): AlertLifeChange {
  const { classification = alert.classification, determination } = rest;
  requireFitting({ classification, determination: alert.determination }, determination);
  if (comment === undefined) return rest;
  if (alert.comments.length >= commentsMax) throw wrong(`the alert has ${commentsMax} comments already`);
  const added = { comment, createdBy: nameOf(ctx.caller), createdTime: String(ticksOfMs(ctx.clock())) };
  // The newest comes first (reference 2.3).
  return { ...rest, comments: [added, ...alert.comments] };
}
