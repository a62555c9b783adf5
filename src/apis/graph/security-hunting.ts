// POST /v1.0/security/runHuntingQuery (Defender reference 4.2): the query that the other two APIs run, with an answer whose
// names begin with small letters.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import { type HuntingAnswer, runHunting } from '../../hunting/run.ts';
import { HuntingProblem } from '../../hunting/run-problems.ts';
import { schemaOf } from '../../hunting/run-rows.ts';
import type { CallLimits } from '../defender/call-limits.ts';
import { huntingCall } from '../defender/hunting-routes.ts';
import { goneSignal, sendRows } from '../hunting-answers.ts';
import { needed, nullable, readBody, text } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { contextOf, graphCtx } from './surface.ts';

const call = huntingCall('run hunting query');
const maybe = nullable(text);

export async function runHuntingQuery(
  limits: CallLimits,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  await limits.take(ctx, call);
  // The metadata has small letters, the clients send capitals.
  const body = readBody(request.body, { query: maybe, Query: maybe, timespan: maybe, Timespan: maybe });
  const query = needed(body.Query ?? body.query, 'Query');
  const answer = await run(ctx, reply, query, body.Timespan ?? body.timespan ?? undefined);
  const context = contextOf(ctx, request, 'microsoft.graph.security.huntingQueryResults');
  const schema = schemaOf(answer.columns);
  const head = `{"@odata.context":${JSON.stringify(context)},"schema":${JSON.stringify(schema)},"results":[`;
  return sendRows(reply, head, answer, ']}');
}

async function run(ctx: Ctx, reply: FastifyReply, query: string, timespan: string | undefined): Promise<HuntingAnswer> {
  const secondsMax = ctx.config.huntingSecondsMax;
  try {
    return await runHunting(ctx, 'ThreatHunting.Read.All', { query, timespan, secondsMax, signal: goneSignal(reply) });
  } catch (error) {
    if (!(error instanceof HuntingProblem)) throw error;
    if (error.kind === 'fault') throw new GraphProblem(error.message, 'InternalServerError', 500);
    throw new GraphProblem(error.message);
  }
}
