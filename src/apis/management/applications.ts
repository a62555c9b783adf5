import type { ApplicationView, CertificateView, SecretView } from '../../applications/application-view.ts';
import { addCertificate, removeCertificate } from '../../applications/certificates.ts';
import { addOwner, removeOwner } from '../../applications/owners.ts';
import {
  changeApplicationLife,
  changeRequiredAccess,
  getApplication,
  listApplications,
  registerApplication,
  updateApplication,
} from '../../applications/registrations.ts';
import { addSecret, removeSecret } from '../../applications/secrets.ts';
import type { Services } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { genericUrl } from '../../listening/names.ts';
import { accessWire } from './application-wire.ts';
import {
  AccessInput,
  Application,
  ApplicationQuery,
  Certificate,
  CertificateBody,
  ConsentGiven,
  ConsentLink,
  ConsentsGivenQuery,
  MintedSecret,
  Owners,
  PartParams,
  RegisterBody,
  RequiredAccessBody,
  SecretBody,
  UpdateApplicationBody,
} from './applications-schemas.ts';
import { listOf, RefParams } from './directory-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Applications of the caller's own tenant, by object id or app id. */
export function applicationRoutes(app: ManagementApp, services: Services): void {
  const one = { params: RefParams, response: { 200: Application } };

  app.get(
    '/applications',
    { schema: { querystring: ApplicationQuery, response: { 200: listOf(Application) } } },
    async (request) => {
      const { items, total } = await listApplications(await personCtx(request), request.query);
      return { items: items.map(wire), total };
    },
  );

  app.post(
    '/applications',
    { schema: { body: RegisterBody, response: { 201: Application } } },
    async (request, reply) => {
      const application = await registerApplication(await personCtx(request), request.body);
      return reply.code(201).send(wire(application));
    },
  );

  app.get('/applications/:ref', { schema: one }, async (request) =>
    wire(await getApplication(await personCtx(request), request.params.ref)),
  );

  app.patch('/applications/:ref', { schema: { ...one, body: UpdateApplicationBody } }, async (request) =>
    wire(await updateApplication(await personCtx(request), request.params.ref, request.body)),
  );

  for (const act of ['disable', 'enable', 'restore'] as const) {
    app.post(`/applications/:ref/${act}`, { schema: one }, async (request) =>
      wire(await changeApplicationLife(await personCtx(request), request.params.ref, act)),
    );
  }

  app.delete('/applications/:ref', { schema: { params: RefParams } }, async (request, reply) => {
    await changeApplicationLife(await personCtx(request), request.params.ref, 'delete');
    return reply.code(204).send();
  });

  permissionRoutes(app, services);
  credentialRoutes(app);
  ownerRoutes(app);
}

/** What an application asks for, and where other tenants consent to it. Its own consents as all do: service-principals.ts. */
function permissionRoutes(app: ManagementApp, services: Services): void {
  const one = { params: RefParams, response: { 200: Application } };

  app.put('/applications/:ref/permissions', { schema: { ...one, body: RequiredAccessBody } }, async (request) =>
    wire(await changeRequiredAccess(await personCtx(request), request.params.ref, 'set', request.body.requiredAccess)),
  );

  app.post('/applications/:ref/permissions', { schema: { ...one, body: AccessInput } }, async (request) =>
    wire(await changeRequiredAccess(await personCtx(request), request.params.ref, 'add', [request.body])),
  );

  app.delete('/applications/:ref/permissions', { schema: { ...one, body: AccessInput } }, async (request) =>
    wire(await changeRequiredAccess(await personCtx(request), request.params.ref, 'remove', [request.body])),
  );

  const consents = { params: RefParams, querystring: ConsentsGivenQuery, response: { 200: listOf(ConsentGiven) } };
  app.get('/applications/:ref/consents', { schema: consents }, async (request) => {
    const { listConsentsGiven } = await import('../../applications/consents-given.ts');
    const { items, total } = await listConsentsGiven(await personCtx(request), request.params.ref, request.query);
    return toWire({ items: items.map((each) => ({ ...each, consentedAt: isoTime(each.consentedAt) })), total });
  });

  app.get(
    '/applications/:ref/consent-link',
    { schema: { params: RefParams, response: { 200: ConsentLink } } },
    async (request) => {
      const ctx = await personCtx(request);
      const { appId, signInAudience } = await getApplication(ctx, request.params.ref);
      const segment = signInAudience === 'AzureADMultipleOrgs' ? 'organizations' : ctx.caller.tenantId;
      return consentLinks(genericUrl(services.names), segment, appId);
    },
  );
}

/** The link that the Defender documentation gives partners, and the one of the administrator's page. */
function consentLinks(origin: string, segment: string, appId: string): { url: string; adminConsentUrl: string } {
  const common = segment === 'organizations' ? 'common' : segment;
  return {
    url: `${origin}/${common}/oauth2/authorize?prompt=consent&client_id=${appId}&response_type=code&sso_reload=true`,
    adminConsentUrl: `${origin}/${segment}/adminconsent?client_id=${appId}`,
  };
}

/** Secrets and certificates. A secret's value is in one answer only. */
function credentialRoutes(app: ManagementApp): void {
  app.post(
    '/applications/:ref/secrets',
    { schema: { params: RefParams, body: SecretBody, response: { 201: MintedSecret } } },
    async (request, reply) => {
      const { secret, value } = await addSecret(await personCtx(request), request.params.ref, request.body);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ secret: secretWire(secret), value });
    },
  );

  app.delete('/applications/:ref/secrets/:part', { schema: { params: PartParams } }, async (request, reply) => {
    await removeSecret(await personCtx(request), request.params.ref, request.params.part);
    return reply.code(204).send();
  });

  app.post(
    '/applications/:ref/certificates',
    { schema: { params: RefParams, body: CertificateBody, response: { 201: Certificate } } },
    async (request, reply) => {
      const certificate = await addCertificate(await personCtx(request), request.params.ref, request.body);
      return reply.code(201).send(certificateWire(certificate));
    },
  );

  app.delete('/applications/:ref/certificates/:part', { schema: { params: PartParams } }, async (request, reply) => {
    await removeCertificate(await personCtx(request), request.params.ref, request.params.part);
    return reply.code(204).send();
  });
}

function ownerRoutes(app: ManagementApp): void {
  app.put(
    '/applications/:ref/owners/:part',
    { schema: { params: PartParams, response: { 200: Owners } } },
    async (request) => {
      const items = await addOwner(await personCtx(request), request.params.ref, request.params.part);
      return toWire({ items, total: items.length });
    },
  );

  app.delete('/applications/:ref/owners/:part', { schema: { params: PartParams } }, async (request, reply) => {
    await removeOwner(await personCtx(request), request.params.ref, request.params.part);
    return reply.code(204).send();
  });
}

function wire({ access, ...application }: ApplicationView) {
  return toWire({
    ...application,
    statusChangedAt: isoTime(application.statusChangedAt),
    createdAt: isoTime(application.createdAt),
    requiredAccess: access.map(accessWire),
    secrets: application.secrets.map(secretWire),
    certificates: application.certificates.map(certificateWire),
  });
}

function secretWire(secret: SecretView) {
  return { ...secret, startsAt: isoTime(secret.startsAt), endsAt: isoTime(secret.endsAt) };
}

function certificateWire({ certificate: _, ...rest }: CertificateView) {
  return { ...rest, startsAt: isoTime(rest.startsAt), endsAt: isoTime(rest.endsAt) };
}
