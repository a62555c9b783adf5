// Fills an empty store with the demo: tenants, people, a group, IP ranges, policies, a month of records, what an endpoint
// product found in it, traffic logs of the same month, and one API token. All of it goes in through the functions that
// everybody uses; only the records and logs are made up. Alerts, incidents and reports follow from them when the server is
// ready, as they would for anybody.
import { Readable } from 'node:stream';
import { type Caller, wholeTenant } from '../access/caller.ts';
import { permissionNames } from '../access/permissions.ts';
import { ingestActivities } from '../activities/ingest.ts';
import { ingestAlerts } from '../alerts/ingest/ingest.ts';
import { recordAuditAs } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { addAssignment } from '../directory/assignments.ts';
import { addGroup, type Group } from '../directory/groups.ts';
import { hashPassword } from '../directory/passwords.ts';
import { type BuiltInRole, builtInRoles } from '../directory/role-table.ts';
import { createTenant } from '../directory/tenants.ts';
import { addUser } from '../directory/users.ts';
import { ingestIncidents } from '../incidents/ingest.ts';
import { dayMs } from '../lib/clock.ts';
import { type CorrelationId, newId, systemTenantId, type UserId } from '../lib/ids.ts';
import { randomBase62 } from '../lib/secrets.ts';
import { addPolicy } from '../policies/policies.ts';
import { addSubnets } from '../subnets/subnets.ts';
import { generateToken } from '../tokens/tokens.ts';
import { type CastPerson, type CastTenant, cast, castPeople, demoSeed } from './cast.ts';
import { seedDiscovery } from './discovery.ts';
import { demoIncidents } from './incidents.ts';
import { consentToPartnerApp, type RegisteredApp, registerPartnerApp, type SeededApp } from './partner-app.ts';
import { demoPolicies } from './policies.ts';
import { type DemoOptions, demoDays, demoRecords, demoStories, demoSubnets } from './records.ts';
import { demoTraffic } from './traffic.ts';

const passwordLength = 20;
const tokenName = 'Demo token';
/** Who works on the demo's incidents. */
const analystRoles: ReadonlySet<string> = new Set(['security-operator', 'security-administrator']);
/** The app instance that one of the demo's scoped administrators looks after. */
const sharePointInstance = { appId: 20892, instance: 0 };

export interface SeededAccount {
  readonly userName: string;
  readonly password: string;
}

type SeededGroup = Pick<Group, 'id' | 'name'>;

export interface SeededDemo {
  readonly tenants: Readonly<
    Record<string, { id: string; domain: string; users: Readonly<Record<string, SeededAccount>> }>
  >;
  /** Value of an API token of Contoso's global administrator. */
  readonly apiToken: string;
  readonly app: SeededApp;
}

/** Makes the whole demo; `say` hears what is being done. Passwords are random and returned once, for demo.json. */
export async function seedDemo(
  services: Services,
  say: (step: 'accounts' | 'records', tenant: string) => void,
): Promise<SeededDemo> {
  const tenants: Record<string, SeededDemo['tenants'][string]> = {};
  let apiToken = '';
  let app: RegisteredApp | undefined;
  const consentedIn: string[] = [];
  for (const member of cast) {
    say('accounts', member.displayName);
    const { users, people, group } = await seedDirectory(services, member);
    tenants[member.slug] = { id: member.id, domain: member.domain, users };
    const ctx = administratorCtx(services, member, people.get('global-administrator') ?? ('' as UserId));
    say('records', member.displayName);
    const reportId = await seedRecords(ctx, member, group);
    await assignReport(services, member, people, reportId);
    if (member.isOperator) {
      apiToken = (await generateToken(ctx, { name: tokenName })).value;
      app = await registerPartnerApp(ctx);
    } else if (app) {
      await consentToPartnerApp(ctx, app);
      consentedIn.push(member.slug);
    }
  }
  const homeTenant = cast.find((member) => member.isOperator)?.slug ?? '';
  const credentials = { clientId: app?.application.appId ?? '', clientSecret: app?.clientSecret ?? '' };
  return { tenants, apiToken, app: { ...credentials, homeTenant, consentedIn } };
}

async function seedDirectory(
  services: Services,
  member: CastTenant,
): Promise<{ users: Record<string, SeededAccount>; people: ReadonlyMap<string, UserId>; group: SeededGroup }> {
  const accounts = await Promise.all(
    member.people.map(async (person) => {
      const password = randomBase62(passwordLength);
      return { person, password, passwordHash: await hashPassword(password) };
    }),
  );
  const { made, group } = await services.store.change(member.id, async (trx) => {
    await createTenant(services, trx, member, member.isOperator, { id: member.id, number: member.number });
    await addSubnets(trx, member.id, demoSubnets(member.slug), services.clock());
    const group = await addGroup(services, trx, member.id, {
      name: 'Finance',
      members: member.people.slice(0, 5).map((person) => person.userName),
    });
    const made = new Map<string, UserId>();
    for (const { person, passwordHash } of accounts) {
      made.set(person.role, await seedPerson(services, trx, member, person, passwordHash, group.id));
    }
    for (const chain of [member.id, systemTenantId]) {
      const who = { actor: { kind: 'system' as const, id: null, name: 'demo' }, origin: null, correlationId: null };
      await recordAuditAs(services, trx, chain, who, {
        action: 'tenant.create',
        target: { kind: 'tenant', id: member.id, name: member.slug },
      });
    }
    return { made, group };
  });
  const users = Object.fromEntries(
    accounts.map(({ person, password }) => [person.role, { userName: person.userName, password }]),
  );
  return { users, people: made, group };
}

async function seedPerson(
  services: Services,
  trx: Trx,
  member: CastTenant,
  person: CastPerson,
  passwordHash: string,
  groupId: string,
): Promise<UserId> {
  const { userName, displayName } = person;
  const user = await addUser(services, trx, member.id, {
    userName,
    displayName,
    passwordHash,
    mustChangePassword: false,
  });
  const role = builtInRoles.find((each) => each.key === person.role);
  // A report has to be there before somebody can look after it (assignReport).
  if (role && role.scopedBy !== 'discovery-reports')
    await addAssignment(services, trx, user, { role, kind: 'permanent', scope: scopeOf(role, groupId) }, 'demo');
  // One eligible role, so that there is something to activate.
  const eligible = builtInRoles.find((each) => each.key === 'security-administrator');
  if (person.role === 'security-operator' && eligible) {
    await addAssignment(services, trx, user, { role: eligible, kind: 'eligible' }, 'demo');
  }
  return user.id;
}

function scopeOf({ scopedBy }: BuiltInRole, groupId: string) {
  if (scopedBy === 'app-instances') return { instances: [sharePointInstance] };
  return scopedBy === 'user-groups' ? { groupIds: [groupId] } : undefined;
}

async function assignReport(
  services: Services,
  { id: tenantId }: CastTenant,
  people: ReadonlyMap<string, UserId>,
  reportId: string,
): Promise<void> {
  const scope = { reportIds: [reportId] };
  await services.store.change(tenantId, async (trx) => {
    for (const role of builtInRoles.filter(({ scopedBy }) => scopedBy === 'discovery-reports')) {
      const id = people.get(role.key);
      if (id) await addAssignment(services, trx, { id, tenantId }, { role, kind: 'permanent', scope }, 'demo');
    }
  });
}

/**
 * A month of records, the policies that watch over it, what an endpoint product found, and traffic logs. Answers with the id of
 * the report about the group.
 */
async function seedRecords(ctx: Ctx, member: CastTenant, group: SeededGroup): Promise<string> {
  const options: DemoOptions = { seed: demoSeed, date: Math.floor(ctx.clock() / dayMs) * dayMs };
  const { lines, incidents, alerts, traffic } = tellMonth(member, options);
  const by = member.people.find(({ role }) => role === 'global-administrator')?.userName ?? '';
  await ctx.store.change(member.id, async (trx) => {
    for (const policy of demoPolicies(member.id, by, options.date - demoDays * dayMs))
      await addPolicy(ctx, trx, member.id, policy);
  });
  await ingestActivities(ctx, Readable.from(lines.map(toLine)), { source: 'demo' });
  await ingestIncidents(ctx, Readable.from(incidents.map(toLine)), 'demo');
  await ingestAlerts(ctx, Readable.from(alerts.map(toLine)), 'demo');
  return await seedDiscovery(ctx, member, group, traffic);
}

/** Everything that comes in for one organisation: JSON texts, and what its appliances see. */
function tellMonth(member: CastTenant, options: DemoOptions) {
  const people = castPeople(member);
  const analysts = member.people.filter(({ role }) => analystRoles.has(role)).map(({ userName }) => userName);
  const lines = [...demoRecords(member, people, options)];
  const stories = demoStories(member, people, options);
  const victims = stories.map(({ victim }) => victim);
  const incidents = demoIncidents(member, analysts, victims, lines, options);
  return {
    lines,
    incidents: incidents.map((incident) => JSON.stringify(incident)),
    alerts: stories.flatMap((story) => story.alerts.map((alert) => JSON.stringify(alert))),
    traffic: demoTraffic(member, lines, stories, options),
  };
}

function toLine(record: string): Buffer {
  return Buffer.from(`${record}\n`);
}

/** Contoso's own administrator at work: the demo's records come in and its token is generated as that person. */
function administratorCtx(services: Services, member: CastTenant, userId: UserId): Ctx {
  const person = member.people.find((each) => each.role === 'global-administrator');
  const caller: Caller = {
    tenantId: member.id,
    tenantSlug: member.slug,
    tenant: member,
    subject: { kind: 'user', userId, userName: person?.userName ?? '', displayName: person?.displayName ?? '' },
    credential: { kind: 'local', name: 'demo' },
    permissions: new Map(permissionNames.map((permission) => [permission, wholeTenant])),
    isFullAdministrator: true,
    dormant: new Map(),
    passed: [],
  };
  return {
    ...services,
    caller,
    correlationId: newId<CorrelationId>(),
    origin: { address: '127.0.0.1', userAgent: 'sallyport demo' },
  };
}
