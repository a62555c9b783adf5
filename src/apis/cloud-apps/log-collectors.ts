// Log collectors for scripts that look at them with an API token (cloud-apps reference 2.9, which gives the call and no record),
// and what a collector itself calls with its own token; docs/log-collector.md describes ours. Making and editing them is part
// of the management API.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CollectorInputReport, CollectorReport } from '../../agents/collector.ts';
import { getCollectorSettings, takeCollectorReport } from '../../agents/collector-feed.ts';
import { type LogCollector, listCollectors } from '../../agents/collectors.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { isPlainObject } from './filter-grammar.ts';
import { cloudAppsCtx } from './surface.ts';

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const data = (await listCollectors(ctx)).map(record);
  return reply.send({ data, hasNext: false, max: data.length, total: data.length, moreThanTotal: false });
}

function record({ id, name, status, createdAt, lastDataAt, reportedAt, dataSources, ...collector }: LogCollector) {
  const millis = (time: string | null) => (time === null ? null : Date.parse(time));
  return {
    _id: id,
    displayName: name,
    created: Date.parse(createdAt),
    creator: collector.createdBy,
    status,
    version: collector.version,
    host: collector.systemName,
    lastDataReceived: millis(lastDataAt),
    lastReport: millis(reportedAt),
    errorMessage: collector.problem,
    inputStreams: dataSources.map(({ dataSourceId, name: displayName, receiver, port }) => ({
      ...{ _id: dataSourceId, displayName, receiverTypeFull: receiver, port },
    })),
  };
}

export async function settings(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.send(await getCollectorSettings(await cloudAppsCtx(request)));
}

export async function report(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  await takeCollectorReport(ctx, parseReport(request.body));
  return reply.send({});
}

const inputsMax = 100;
const nameMax = 255;
const problemMax = 1000;

function parseReport(given: unknown): CollectorReport {
  const body = objectOf('body', given);
  if (!Array.isArray(body.inputs) || body.inputs.length > inputsMax) {
    throw new InvalidInput('inputs', `inputs must be a list of at most ${inputsMax} data sources.`);
  }
  return {
    version: textOf('version', body.version, nameMax),
    systemName: textOf('systemName', body.systemName, nameMax),
    startedAt: countOf('startedAt', body.startedAt),
    bytesWaiting: countOf('bytesWaiting', body.bytesWaiting),
    bytesWaitingMax: countOf('bytesWaitingMax', body.bytesWaitingMax),
    inputs: body.inputs.map(parseInput),
    problem: problemOf(body.problem),
  };
}

function parseInput(given: unknown): CollectorInputReport {
  const input = objectOf('inputs', given);
  return {
    id: textOf('id', input.id, nameMax),
    linesReceived: countOf('linesReceived', input.linesReceived),
    bytesReceived: countOf('bytesReceived', input.bytesReceived),
    lastReceivedAt: timeOf('lastReceivedAt', input.lastReceivedAt),
    lastUploadedAt: timeOf('lastUploadedAt', input.lastUploadedAt),
    bytesWaiting: countOf('bytesWaiting', input.bytesWaiting),
    linesDropped: countOf('linesDropped', input.linesDropped),
    bytesDropped: countOf('bytesDropped', input.bytesDropped),
    problem: problemOf(input.problem),
  };
}

function objectOf(field: string, value: unknown): Record<string, unknown> {
  if (isPlainObject(value)) return value;
  throw new InvalidInput(field, `${field} must be an object, or a list of objects.`);
}

function textOf(field: string, value: unknown, max: number): string {
  if (typeof value === 'string' && value.length <= max) return value;
  throw new InvalidInput(field, `${field} must be a text of at most ${max} characters.`);
}

function countOf(field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidInput(field, `${field} must be a whole number from 0.`);
}

function timeOf(field: string, value: unknown): number | null {
  return value === null || value === undefined ? null : countOf(field, value);
}

function problemOf(value: unknown): string | null {
  return value === null || value === undefined ? null : textOf('problem', value, problemMax);
}
