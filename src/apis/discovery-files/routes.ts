// The URLs that traffic logs are sent to (cloud-apps reference 2.8): a small part of the protocol of a blob store, as far as
// clients of the documented API and their storage libraries use it. The signature in the URL is all that opens one: no other
// credential is looked at. The handlers are loaded with the first file (docs/decisions/0008).
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';

interface BlobRoute {
  Params: { tenant: string; upload: string; name: string };
  Querystring: Record<string, unknown>;
}

const errors = () => import('./errors.ts');

/** What the URLs begin with; discovery/uploads/urls.ts makes them. */
export const discoveryFilesPrefix = '/discovery-files';

export async function discoveryFilesSurface(root: FastifyInstance, services: Services): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.setErrorHandler(async (error, request, reply) => (await errors()).handleError(error, request, reply));
  // This surface's own parser: it hands over the stream as it is, whatever its type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  const url = '/:tenant/:upload/:name';
  app.route<BlobRoute>({
    method: 'PUT',
    url,
    handler: async (request, reply) => (await import('./put.ts')).put(services, request, reply),
  });
  app.route<BlobRoute>({
    method: ['GET', 'HEAD', 'DELETE', 'POST'],
    url,
    handler: async (request, reply) => {
      const { sendBlobError } = await errors();
      const message = 'This URL takes one file with PUT and gives nothing back. Send the file with PUT.';
      return sendBlobError(request, reply, { status: 403, code: 'AuthorizationPermissionMismatch', message });
    },
  });
  app.setNotFoundHandler(async (request, reply) => {
    const { sendBlobError } = await errors();
    return sendBlobError(request, reply, { status: 404, code: 'ResourceNotFound', message: 'There is nothing here.' });
  });
}
