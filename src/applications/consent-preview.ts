import type { Ctx } from '../context.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { isOpenTo } from './application.ts';
import { type ConsentQuestion, consentQuestion, requirePerson } from './consent.ts';
import { loadClient } from './lookup.ts';

/**
 * What consent to everything that an application asks for would grant, as the consent page shows it. For everybody who
 * is signed in, as that page is. Throws NotFound where the tenant cannot take the application in, Conflict while its
 * publisher has it disabled.
 */
export async function getConsentQuestion(ctx: Ctx, appId: string): Promise<ConsentQuestion> {
  const userId = requirePerson(ctx);
  const { tenantId } = ctx.caller;
  const wanted = appId.trim();
  const question = await consentQuestion(ctx, { tenantId, userId }, wanted, null);
  if (question) return question;
  const { application } = (await loadClient(ctx, wanted, tenantId)) ?? {};
  if (!application || !isOpenTo(application, tenantId)) throw new NotFound('The application');
  throw new Conflict('application-disabled', `${application.displayName} is disabled by its publisher.`);
}
