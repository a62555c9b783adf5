// PATCH /api/incidents/{id}: what is sent changes, and the whole incident comes back (Defender reference 2.3).
import type { Services } from '../../context.ts';
import type { IncidentStatus } from '../../incidents/incident.ts';
import type { IncidentChange } from '../../incidents/incident-changes.ts';
import {
  findClassification,
  findDetermination,
  knownDeterminations,
  upperFirst,
  wireDetermination,
} from '../../incidents/vocabulary.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { originOf } from '../entra/origins.ts';
import { shown } from '../odata/problem.ts';
import { CallLimits, type LimitedCall } from './call-limits.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';

const updateCall: LimitedCall = {
  name: 'update incident',
  perMinute: (config) => config.incidentUpdatesPerMinute,
  perHour: (config) => config.incidentCallsPerHour,
};

export function incidentUpdateRoutes(app: DefenderApp, services: Services): void {
  const limits = new CallLimits(services);
  app.patch<{ Params: { id: string }; Body: unknown }>('/incidents/:id', async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, updateCall);
    const id = parseIncidentId(request.params.id);
    // Loaded with the first change: many starts see none.
    const { changeIncident } = await import('../../incidents/incident-changes.ts');
    const { body } = await changeIncident(ctx, 'Incident.ReadWrite.All', id, readChange(request.body));
    const context = `${originOf(services, request)}/api/$metadata#Incidents/$entity`;
    return reply
      .type('application/json; charset=utf-8')
      .send(`{"@odata.context":${JSON.stringify(context)},${body.slice(1)}`);
  });
}

function parseIncidentId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidInput('id', `Invalid input ${shown(text)}: an incident's id is a number.`);
}

const statuses = ['Active', 'InProgress', 'Resolved'] as const satisfies readonly IncidentStatus[];
const classificationNames = 'Unknown, FalsePositive, TruePositive, InformationalExpectedActivity';
const textLengthMax = 1000;
const tagsMax = 100;
const commentLengthMax = 30_000;

/** Names of members count as they are spelled, those of enumerations in any case. Null means "not sent", of assignedTo nobody. */
function readChange(body: unknown): IncidentChange {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInput('body', 'Invalid request body: it must be a JSON object.');
  }
  const change: { -readonly [Name in keyof IncidentChange]: IncidentChange[Name] } = {};
  for (const [name, value] of Object.entries(body as Record<string, unknown>)) {
    // An object, as was just asked.
    if (value === null && name !== 'assignedTo') continue;
    switch (name) {
      case 'status':
        change.status = readStatus(value);
        break;
      case 'assignedTo':
        change.assignedTo = value === null || value === '' ? null : readText(name, value, textLengthMax);
        break;
      case 'classification':
        change.classification = named(name, value, findClassification, classificationNames);
        break;
      case 'determination':
        change.determination = named(
          name,
          value,
          findDetermination,
          knownDeterminations.map(wireDetermination).join(', '),
        );
        break;
      case 'tags':
        change.tags = readTags(value);
        break;
      case 'comment':
        change.comment = readText(name, value, commentLengthMax);
        break;
      default:
        throw new InvalidInput(
          'body',
          `Invalid request body: an incident has no member "${shown(name)}" to update. ${advice}`,
        );
    }
  }
  if (Object.keys(change).length === 0)
    throw new InvalidInput('body', `Invalid request body: nothing to update. ${advice}`);
  return change;
}

const advice = 'There are status, assignedTo, classification, determination, tags and comment.';

function readStatus(value: unknown): IncidentChange['status'] {
  return named(
    'status',
    value,
    (text) => statuses.find((each) => each.toLowerCase() === text.toLowerCase()),
    `${statuses.join(', ')}; Redirected comes from merging only`,
  );
}

function named<Name extends string>(
  member: string,
  value: unknown,
  find: (text: string) => Name | undefined,
  names: string,
): Name {
  const found = typeof value === 'string' ? find(value) : undefined;
  if (found !== undefined) return found;
  const what = typeof value === 'string' ? ` "${shown(value)}"` : '';
  throw new InvalidInput(member, `Invalid input${what}: ${member} is one of ${names}.`);
}

function readText(member: string, value: unknown, lengthMax: number): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= lengthMax && value.isWellFormed())
    return value;
  throw new InvalidInput(
    member,
    `Invalid input: ${upperFirst(member)} must be a text of 1 to ${lengthMax} characters.`,
  );
}

function readTags(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > tagsMax) {
    throw new InvalidInput('tags', `Invalid input: tags must be a list of at most ${tagsMax} texts.`);
  }
  return [...new Set(value.map((tag: unknown) => readText('tags', tag, 256)))];
}
