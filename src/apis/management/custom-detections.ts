import type { RuleInput } from '../../custom-detections/rule-input.ts';
import {
  DetectionChoices,
  DetectionDryRun,
  DetectionRule,
  DetectionRuleBody,
  DetectionRuleQuery,
  DetectionRules,
  DetectionRun,
  DetectionRuns,
} from './custom-detections-schemas.ts';
import { PageOnly } from './policies-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** Loaded with the first call: few starts need it soon. */
const rules = () => import('../../custom-detections/custom-detections.ts');
const trials = () => import('../../custom-detections/trials.ts');
const wires = () => import('./custom-detections-wire.ts');

/** Rows of a page without a wish. */
const pageRows = 50;

const one = { params: IdParams, response: { 200: DetectionRule } };

/** Custom detections of the caller's tenant, their runs, and trials of them. */
export function customDetectionRoutes(app: ManagementApp): void {
  const list = { querystring: DetectionRuleQuery, response: { 200: DetectionRules } };
  app.get('/custom-detections', { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows, ...wanted } = request.query;
    const { ruleWire } = await wires();
    const { chosenRules } = await import('../../custom-detections/chosen-rules.ts');
    const found = chosenRules(await (await rules()).listRules(ctx), wanted);
    return { items: found.slice(skip, skip + limit).map(ruleWire), total: found.length };
  });

  app.get('/custom-detections/choices', { schema: { response: { 200: DetectionChoices } } }, async (request) => {
    const ctx = await personCtx(request);
    const { choicesWire } = await wires();
    return choicesWire((await rules()).ruleChoices(ctx));
  });

  const creation = { body: DetectionRuleBody, response: { 201: DetectionRule } };
  app.post('/custom-detections', { schema: creation }, async (request, reply) => {
    const ctx = await personCtx(request);
    const input = await inputOf(request.body);
    const { ruleWire } = await wires();
    return reply.code(201).send(ruleWire(await (await rules()).createRule(ctx, input)));
  });

  app.get('/custom-detections/:id', { schema: one }, async (request) => {
    const ctx = await personCtx(request);
    const { ruleWire } = await wires();
    return ruleWire(await (await rules()).getRule(ctx, request.params.id));
  });

  app.patch('/custom-detections/:id', { schema: { ...one, body: DetectionRuleBody } }, async (request) => {
    const ctx = await personCtx(request);
    const input = await inputOf(request.body);
    const { ruleWire } = await wires();
    return ruleWire(await (await rules()).changeRule(ctx, request.params.id, input));
  });

  app.delete('/custom-detections/:id', { schema: { params: IdParams } }, async (request, reply) => {
    const ctx = await personCtx(request);
    await (await rules()).deleteRule(ctx, request.params.id);
    return reply.code(204).send();
  });
  trialRoutes(app);
}

function trialRoutes(app: ManagementApp): void {
  const page = { params: IdParams, querystring: PageOnly, response: { 200: DetectionRuns } };
  app.get('/custom-detections/:id/runs', { schema: page }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows } = request.query;
    const { items, total } = await (await rules()).listRuns(ctx, request.params.id, skip, limit);
    const { runWire } = await wires();
    return { items: items.map(runWire), total };
  });

  const run = { params: IdParams, response: { 200: DetectionRun } };
  app.post('/custom-detections/:id/run', { schema: run }, async (request) => {
    const ctx = await personCtx(request);
    const { runWire } = await wires();
    return runWire(await (await trials()).runNow(ctx, request.params.id));
  });

  const trial = { params: IdParams, response: { 200: DetectionDryRun } };
  app.post('/custom-detections/:id/dry-run', { schema: trial }, async (request) => {
    const ctx = await personCtx(request);
    const { dryRunWire } = await wires();
    return dryRunWire(await (await trials()).dryRunRule(ctx, request.params.id));
  });

  const unsaved = { body: DetectionRuleBody, response: { 200: DetectionDryRun } };
  app.post('/custom-detections/dry-run', { schema: unsaved }, async (request) => {
    const ctx = await personCtx(request);
    const input = await inputOf(request.body);
    const { dryRunWire } = await wires();
    return dryRunWire(await (await trials()).dryRunInput(ctx, input));
  });
}

async function inputOf(body: unknown): Promise<RuleInput> {
  return (await wires()).readRule(body);
}
