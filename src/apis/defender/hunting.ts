// POST /api/advancedhunting/run and, on the endpoint API, /api/advancedqueries/run (Defender reference 3.2 to 3.5).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Permission } from '../../access/permissions.ts';
import type { Ctx } from '../../context.ts';
import { type HuntingAnswer, runHunting } from '../../hunting/run.ts';
import { HuntingProblem } from '../../hunting/run-problems.ts';
import { schemaOf } from '../../hunting/run-rows.ts';
import { goneSignal, sendRows } from '../hunting-answers.ts';
import { optionalText, readBody, requiredText } from './endpoint-bodies.ts';
import { DefenderProblem } from './errors.ts';

export async function runQuery(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const seconds = ctx.config.huntingSecondsMax;
  const answer = await run(ctx, 'AdvancedHunting.Read.All', seconds, request, reply);
  return sendRows(reply, `{"Stats":${JSON.stringify(statsOf(answer))},${headOf(answer)}`, answer, ']}');
}

/** Without Stats, and with a little more time: 200 s where the other has 180. */
export async function runEndpointQuery(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const seconds = Math.ceil((ctx.config.huntingSecondsMax * 10) / 9);
  const answer = await run(ctx, 'AdvancedQuery.Read.All', seconds, request, reply);
  return sendRows(reply, `{${headOf(answer)}`, answer, ']}');
}

async function run(
  ctx: Ctx,
  permission: Permission,
  secondsMax: number,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<HuntingAnswer> {
  const body = readBody(request.body, ['Query', 'Timespan']);
  const query = requiredText(body, 'Query');
  const timespan = optionalText(body, 'Timespan');
  try {
    return await runHunting(ctx, permission, { query, timespan, secondsMax, signal: goneSignal(reply) });
  } catch (error) {
    throw error instanceof HuntingProblem ? worded(error) : error;
  }
}

function worded({ kind, message }: HuntingProblem): DefenderProblem {
  return new DefenderProblem(kind === 'fault' ? 'InternalServerError' : 'BadRequest', message);
}

function headOf({ columns }: HuntingAnswer): string {
  const schema = schemaOf(columns).map(({ name, type }) => ({ Name: name, Type: type }));
  return `"Schema":${JSON.stringify(schema)},"Results":[`;
}

/** The documented members. What the engine does not tell (its caches, its peak of memory) is zero. */
function statsOf({ seconds, busySeconds, rowCount, bytes }: HuntingAnswer) {
  const none = { hits: 0, misses: 0, total: 0 };
  const busy = timeSpan(busySeconds);
  return {
    ExecutionTime: Number(seconds.toFixed(7)),
    resource_usage: {
      cache: { memory: none, disk: none },
      cpu: { user: busy, kernel: timeSpan(0), 'total cpu': busy },
      memory: { peak_per_node: 0 },
    },
    dataset_statistics: [{ table_row_count: rowCount, table_size: bytes }],
  };
}

/** `00:00:19.0468750`, as .NET writes it. */
function timeSpan(seconds: number): string {
  const whole = new Date(Math.floor(seconds) * 1000).toISOString().slice(11, 19);
  const fraction = Math.floor((seconds % 1) * 10_000_000);
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(7, '0')}`;
}
