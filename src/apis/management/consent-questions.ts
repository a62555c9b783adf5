import { getConsentQuestion } from '../../applications/consent-preview.ts';
import type { Services } from '../../context.ts';
import { Type } from '../../lib/schema.ts';
import { ConsentQuestion } from './applications-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

const AppIdParams = Type.Object({ appId: Type.String({ maxLength: 40 }) });

/** What consenting to an application would grant in the caller's tenant, before anything is granted. */
export function consentQuestionRoutes(app: ManagementApp, _services: Services): void {
  app.get(
    '/consent-questions/:appId',
    { schema: { params: AppIdParams, response: { 200: ConsentQuestion } } },
    async (request) => {
      const question = await getConsentQuestion(await personCtx(request), request.params.appId);
      const { application, homeTenant } = question.client;
      return toWire({
        appId: application.appId,
        displayName: application.displayName,
        publisherTenant: { id: homeTenant.id, displayName: homeTenant.displayName },
        permissions: question.items.map(({ resource, permission, ...rest }) => ({
          resourceAppId: resource.appId,
          resource: resource.displayName,
          ...permission,
          ...rest,
        })),
        mayConsent: question.mayConsentForTenant,
        mayAsk: question.mayAsk,
      });
    },
  );
}
