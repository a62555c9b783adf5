// What POST …ScheduleRequests takes (Entra reference 4.7). Members of enumerations count in any case.
import { justificationMax } from '../../directory/activations.ts';
import { parseText } from '../../directory/naming.ts';
import { minuteMs } from '../../lib/clock.ts';
import { empty, guid, needed, nullable, object, oneOf, readBody, text, time } from './bodies.ts';
import { parseDuration } from './durations.ts';
import { GraphProblem } from './errors.ts';

const actions = [
  ...(['adminAssign', 'adminRemove', 'adminUpdate', 'adminExtend', 'adminRenew'] as const),
  ...(['selfActivate', 'selfDeactivate', 'selfExtend', 'selfRenew'] as const),
] as const;
export type Action = (typeof actions)[number];

const expiration = object({
  type: oneOf('notSpecified', 'noExpiration', 'afterDateTime', 'afterDuration'),
  endDateTime: nullable(time),
  duration: nullable(text),
});

const readers = {
  action: oneOf(...actions),
  principalId: guid,
  roleDefinitionId: guid,
  directoryScopeId: text,
  appScopeId: empty,
  justification: nullable(text),
  scheduleInfo: nullable(
    object({ startDateTime: nullable(time), recurrence: empty, expiration: nullable(expiration) }),
  ),
  ticketInfo: nullable(object({ ticketNumber: nullable(text), ticketSystem: nullable(text) })),
  isValidationOnly: empty,
  customData: empty,
};

export interface ScheduleRequest {
  readonly action: Action;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  /** With the ticket, which is kept as a part of it. */
  readonly justification: string;
  /** Undefined: now. */
  readonly startsAt: number | undefined;
  /** Null: no end. */
  readonly endsAt: number | null;
  readonly isWithoutExpiration: boolean;
}

export function readScheduleRequest(body: unknown, now: number): ScheduleRequest {
  const given = readBody(body, readers);
  const scope = needed(given.directoryScopeId, 'directoryScopeId');
  if (scope !== '/')
    throw new GraphProblem("'directoryScopeId' must be '/': roles are for the whole organisation here.");
  const startsAt = given.scheduleInfo?.startDateTime ?? undefined;
  const end = given.scheduleInfo?.expiration ?? undefined;
  return {
    action: needed(given.action, 'action'),
    principalId: needed(given.principalId, 'principalId'),
    roleDefinitionId: needed(given.roleDefinitionId, 'roleDefinitionId'),
    justification: justificationOf(given.justification ?? '', given.ticketInfo ?? {}),
    startsAt,
    endsAt: endOf(end, startsAt ?? now),
    isWithoutExpiration: end === undefined,
  };
}

function endOf(
  end: { readonly type?: string; readonly endDateTime?: number | null; readonly duration?: string | null } | undefined,
  startsAt: number,
): number | null {
  switch (end?.type) {
    case 'afterDateTime':
      return needed(end.endDateTime, 'scheduleInfo.expiration.endDateTime');
    case 'afterDuration': {
      const at = 'scheduleInfo.expiration.duration';
      return startsAt + parseDuration(needed(end.duration, at), at);
    }
    default:
      return null;
  }
}

function justificationOf(
  said: string,
  { ticketNumber, ticketSystem }: { readonly ticketNumber?: string | null; readonly ticketSystem?: string | null },
): string {
  const ticket = [ticketSystem, ticketNumber].filter((part) => part).join(' ');
  const whole = (ticket === '' ? said : `${said} (ticket ${ticket})`).trim();
  return whole === '' ? '' : parseText('justification', whole, justificationMax);
}

/** A role is activated when it is asked for; clocks may differ by this much. */
const nowToleranceMs = 5 * minuteMs;

/** How long an activation is asked for. Throws a GraphProblem when it is to begin later or names no end. */
export function activationSecondsOf({ startsAt, endsAt }: ScheduleRequest, now: number): number {
  if (startsAt !== undefined && Math.abs(startsAt - now) > nowToleranceMs) {
    throw new GraphProblem(
      "An activation begins at once: leave 'scheduleInfo.startDateTime' out, or send the present time.",
    );
  }
  if (endsAt === null) {
    throw new GraphProblem(
      'The following policy rules failed: ["ExpirationRule"]. An activation needs an end: afterDuration or afterDateTime.',
      'RoleAssignmentRequestPolicyValidationFailed',
    );
  }
  return Math.round((endsAt - (startsAt ?? now)) / 1000);
}
