// @azure/identity's credentials, as Azure SDKs and scripts use them.
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  OnBehalfOfCredential,
  type TokenCredential,
} from '@azure/identity';
import { say, type Task, work } from './conversation.ts';

function credentialOf(task: Task): TokenCredential {
  const { tenant, clientId, secret, certificate, privateKey } = task;
  const options = { authorityHost: task.url, disableInstanceDiscovery: true };
  switch (task.flow) {
    case 'secret':
      return new ClientSecretCredential(tenant, clientId, secret, options);
    case 'certificate':
      return new ClientCertificateCredential(
        tenant,
        clientId,
        { certificate: `${privateKey}\n${certificate}` },
        options,
      );
    case 'device':
      return new DeviceCodeCredential({
        ...options,
        tenantId: tenant,
        clientId,
        userPromptCallback: ({ userCode }) => say({ ask: userCode }),
      });
    case 'on-behalf-of':
      return new OnBehalfOfCredential({
        ...options,
        tenantId: tenant,
        clientId,
        clientSecret: secret,
        userAssertionToken: task.assertion,
      });
    default:
      throw new Error(`No flow ${task.flow}.`);
  }
}

await work(async (task) => await credentialOf(task).getToken(task.scope));
