// Calls of the management API about applications, for the stories about registration and consent.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { Tenant } from '../src/directory/tenants.ts';
import { dayMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { testStart } from './support/clock.ts';
import { type Answer, makePerson, type Person, type RequestOptions, type TestServer } from './support/server.ts';

export interface Permission {
  readonly id: string;
  readonly value: string;
}

export interface Access {
  readonly resource: string;
  readonly resourceAppId: string;
  readonly roles: readonly Permission[];
  readonly scopes: readonly Permission[];
}

export interface App {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly signInAudience: string;
  readonly status: string;
  readonly redirectUris: { readonly web: readonly string[] };
  readonly identifierUris: readonly string[];
  readonly requiredAccess: readonly Access[];
  readonly owners: readonly { readonly userName: string }[];
  readonly secrets: readonly { readonly id: string; readonly hint: string; readonly endsAt: string }[];
  readonly certificates: readonly { readonly id: string; readonly thumbprintSha256: string }[];
  readonly publisherTenant: { readonly id: string };
}

export interface Principal {
  readonly id: string;
  readonly appId: string;
  readonly homeTenant: { readonly id: string };
  readonly isEnabled: boolean;
  readonly requiresAssignment: boolean;
  readonly consentedBy: string | null;
  readonly grants: {
    readonly applications: readonly { readonly id: string; readonly value: string; readonly grantedBy: string }[];
    readonly delegated: readonly {
      readonly id: string;
      readonly scopes: readonly string[];
      readonly user: { readonly userName: string } | null;
    }[];
  };
  readonly changedSince: { readonly added: readonly Access[]; readonly removed: readonly Access[] };
}

export interface AuditLine {
  readonly action: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string };
  readonly address: string | null;
  readonly details: Record<string, unknown>;
}

export const mtp = 'Microsoft Threat Protection';
export const readIncidents = { resource: mtp, roles: ['Incident.Read.All'] };

export class Applications {
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  tenant(): Promise<Tenant> {
    return makeTenant(this.server.services);
  }

  person(tenant: Tenant, role?: string): Promise<Person> {
    return makePerson(this.server, tenant, role);
  }

  call(as: Pick<Person, 'session'> | null, method: string, path: string, body?: unknown): Promise<Answer> {
    const options: RequestOptions = { method, ...(as && { session: as.session }), ...(body !== undefined && { body }) };
    return this.server.request(`/management/v1${path}`, options);
  }

  /** The same, whose status must be this one. */
  async want<T>(as: Pick<Person, 'session'>, status: number, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(as, method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    return (answer.text === '' ? undefined : answer.json()) as T; // The test says what it expects, and asserts on it.
  }

  register(as: Person, fields: Readonly<Record<string, unknown>> = {}): Promise<App> {
    return this.want<App>(as, 201, 'POST', '/applications', { displayName: 'Reporter', ...fields });
  }

  /** An application for every organisation that asks for these permissions. */
  registerForAll(as: Person, requiredAccess: readonly unknown[] = [readIncidents]): Promise<App> {
    return this.register(as, { signInAudience: 'AzureADMultipleOrgs', requiredAccess });
  }

  consent(as: Person, appId: string): Promise<Principal> {
    return this.want<Principal>(as, 201, 'POST', '/service-principals', { appId, all: true });
  }

  /** Newest first. */
  async audit(as: Person, action?: string): Promise<AuditLine[]> {
    const narrowed = action === undefined ? '' : `&action=${action}`;
    const { items } = await this.want<{ items: AuditLine[] }>(as, 200, 'GET', `/audit?limit=100${narrowed}`);
    return items;
  }
}

/** A self-signed certificate in PEM. */
export async function makeCertificate(bits: number | 'ec', days = 365): Promise<string> {
  const algorithm =
    bits === 'ec'
      ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
      : {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          publicExponent: new Uint8Array([1, 0, 1]),
          modulusLength: bits,
        };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notAfter = new Date(testStart + days * dayMs);
  const notBefore = new Date(Math.min(testStart, notAfter.getTime()) - dayMs);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=reporter',
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
  });
  return made.toString('pem');
}
