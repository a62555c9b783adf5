// oauth4webapi: the plain protocol, with the metadata of RFC 8414.
import * as oauth from 'oauth4webapi';
import { work } from './conversation.ts';

await work(async (task) => {
  const issuer = new URL(`${task.url}/${task.tenant}/v2.0`);
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
  const server = await oauth.processDiscoveryResponse(issuer, discovered);
  const client = { client_id: task.clientId };
  const parameters = new URLSearchParams({ scope: task.scope });
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.ClientSecretPost(task.secret),
    parameters,
  );
  return await oauth.processClientCredentialsResponse(server, client, response);
});
