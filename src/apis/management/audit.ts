import { listAudit, verifyAudit } from '../../audit/audit.ts';
import type { Services } from '../../context.ts';
import { parseIsoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { begunOf } from '../arrival.ts';
import { AuditList, AuditQuery, AuditVerification, VerificationQuery } from './audit-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** The tenant's audit log, and the proof that nothing is missing from it. */
export function auditRoutes(app: ManagementApp, _services: Services): void {
  app.get('/audit', { schema: { querystring: AuditQuery, response: { 200: AuditList } } }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.refusals.flush();
    const { log = 'tenant', from, to, limit = 50, ...rest } = request.query;
    const search = { ...rest, limit, from: timeOf('from', from), to: timeOf('to', to) };
    return toWire(await listAudit(ctx, search, log));
  });

  app.get(
    '/audit/verification',
    { schema: { querystring: VerificationQuery, response: { 200: AuditVerification } } },
    async (request) => {
      const ctx = await personCtx(request);
      await begunOf(request).gate.refusals.flush();
      const { log = 'tenant', knownSequence, knownHash } = request.query;
      if ((knownSequence === undefined) !== (knownHash === undefined)) {
        throw new InvalidInput('knownHash', 'Give knownSequence and knownHash together, or neither.');
      }
      const known =
        knownSequence === undefined || knownHash === undefined ? null : { sequence: knownSequence, hash: knownHash };
      return toWire(await verifyAudit(ctx, known, log));
    },
  );
}

function timeOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = parseIsoTime(text);
  if (at === undefined) throw new InvalidInput(field, `${field} must be a time such as 2026-01-31T00:00:00Z.`);
  return at;
}
