import { Refusal, type RefusalDetails } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';

/** A refusal of something that the caller may not do although the request is well formed; `detail` is what failed, as a sentence. */
export function denied(
  ctx: Ctx,
  why: Pick<RefusalDetails, 'remedy' | 'target'> & {
    readonly check: RefusalDetails['chain'][number]['check'];
    readonly detail: string;
    /** `permission-missing` unless the reason has a name of its own. */
    readonly code?: RefusalDetails['code'];
  },
): Refusal {
  const { check, detail, remedy, target, code = 'permission-missing' } = why;
  return new Refusal({
    status: 403,
    code,
    message: code === 'permission-missing' ? `Insufficient role based permissions: ${detail}` : detail,
    chain: [...ctx.caller.passed, { check, outcome: 'failed', detail }],
    remedy,
    tenantId: ctx.caller.tenantId,
    userId: ctx.caller.subject.kind === 'user' ? ctx.caller.subject.userId : null,
    target,
  });
}
