// Lists a tenant's incidents as an app: the token from MSAL, the incidents page by page.
import { readFileSync } from 'node:fs';
import { ConfidentialClientApplication } from '@azure/msal-node';

const scope = 'https://api.security.microsoft.com/.default';
const pageSize = 100;

interface Incident {
  readonly incidentId: number;
  readonly severity: string;
  readonly status: string;
  readonly incidentName: string;
}

interface Page {
  readonly value: readonly Incident[];
  readonly error?: { readonly code: string; readonly message: string };
}

function setting(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (value === undefined) throw new Error(`Set the environment variable ${name}.`);
  return value;
}

function clientSecret(): string {
  const file = process.env.CLIENT_SECRET_FILE;
  return file === undefined ? setting('CLIENT_SECRET') : readFileSync(file, 'utf8').trim();
}

async function takeToken(): Promise<string> {
  const login = new URL(setting('LOGIN_URL', 'https://localhost:8443'));
  const client = new ConfidentialClientApplication({
    auth: {
      clientId: setting('CLIENT_ID'),
      clientSecret: clientSecret(),
      authority: `${login.origin}/${setting('TENANT_ID')}`,
      // With its port: MSAL asks the public cloud about every host that is not named here.
      knownAuthorities: [login.host],
    },
  });
  const result = await client.acquireTokenByClientCredential({ scopes: [scope] });
  if (!result) throw new Error('The server gave no token.');
  return result.accessToken;
}

async function* incidents(token: string): AsyncGenerator<Incident> {
  for (let skip = 0; ; skip += pageSize) {
    const url = new URL('/api/incidents', setting('API_URL', 'https://localhost:8443'));
    url.searchParams.set('$top', String(pageSize));
    url.searchParams.set('$skip', String(skip));
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const page = (await response.json()) as Page; // The documented answer; an error is looked at first.
    if (page.error) throw new Error(`${page.error.code}: ${page.error.message}`);
    yield* page.value;
    if (page.value.length < pageSize) return;
  }
}

for await (const { incidentId, severity, status, incidentName } of incidents(await takeToken())) {
  console.log([incidentId, severity, status, incidentName].join('\t'));
}
