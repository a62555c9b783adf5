import type { Services } from '../../context.ts';
import {
  assignRole,
  type Assignment as DomainAssignment,
  listAssignments,
  unassignRole,
} from '../../directory/assignments.ts';
import { isoTime, parseIsoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { listOf } from './directory-schemas.ts';
import { AssignBody, Assignment, AssignmentQuery } from './roles-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Who has which role in the caller's own tenant. */
export function roleAssignmentRoutes(app: ManagementApp, _services: Services): void {
  app.get(
    '/role-assignments',
    { schema: { querystring: AssignmentQuery, response: { 200: listOf(Assignment) } } },
    async (request) => {
      const { items, total } = await listAssignments(await personCtx(request), request.query);
      return { items: items.map(wire), total };
    },
  );

  app.post(
    '/role-assignments',
    { schema: { body: AssignBody, response: { 201: Assignment } } },
    async (request, reply) => {
      const { startsAt, endsAt, ...rest } = request.body;
      const assignment = await assignRole(await personCtx(request), {
        ...rest,
        startsAt: parseTime('startsAt', startsAt),
        endsAt: parseTime('endsAt', endsAt),
      });
      return reply.code(201).send(wire(assignment));
    },
  );

  app.delete('/role-assignments/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await unassignRole(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });
}

/** ISO 8601 with a zone, to epoch milliseconds; null and absence mean that nothing was said. */
function parseTime(field: string, text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const at = parseIsoTime(text);
  if (at === undefined) {
    throw new InvalidInput(field, 'A time is ISO 8601 with its zone, such as 2027-01-31T09:00:00Z.');
  }
  return at;
}

function wire(assignment: DomainAssignment) {
  return toWire({
    ...assignment,
    startsAt: isoTime(assignment.startsAt),
    endsAt: isoTime(assignment.endsAt),
    createdAt: isoTime(assignment.createdAt),
    activeUntil: isoTime(assignment.activeUntil),
  });
}
