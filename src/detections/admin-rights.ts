// Admin rights granted: somebody who does not usually do it gives an account a role.
import { type AuditRecord, listOf, pairValue, piece } from '../activities/unified-audit/fields.ts';
import { isOneOf } from '../events/dialect.ts';
import { and, or, type Sql, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { between, dayNumber, isAmong, listSeen, readRawRecords, type Seen, spanOf } from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { appEntity, dayOf, ipEntity, moment, place, userEntity } from './words.ts';

interface Rule {
  /** Which roles count: the most powerful, every administrator's, or all. */
  readonly roles: 'powerful' | 'administrators' | 'all';
  /** The most powerful roles are told of whoever gives them. */
  readonly alwaysPowerful: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { roles: 'powerful', alwaysPowerful: false },
  medium: { roles: 'administrators', alwaysPowerful: false },
  high: { roles: 'all', alwaysPowerful: true },
};

/** Roles whose owners can give themselves every other one. */
const powerful: ReadonlySet<string> = new Set([
  'global administrator',
  'company administrator',
  'privileged role administrator',
  'privileged authentication administrator',
  'partner tier2 support',
  'application administrator',
  'cloud application administrator',
  'hybrid identity administrator',
  'organization management',
  'role management',
]);

/** Grants by cmdlet of Exchange, which stand in no row of the operation table. */
const cmdlets = ['Add-RoleGroupMember', 'New-ManagementRoleAssignment'];
/** Owners of teams, and activations of a role that somebody was made eligible for before: nobody gets anything new. */
const notGrants = [
  'MemberRoleChanged',
  'Add member to role completed (PIM activation).',
  'Add member to role completed (PIM activation)',
];

const lookBackMs = 90 * dayMs;
/** More than a range has. */
const rowsMax = 20_000;

export const adminRights: Detection = {
  id: detectionIds.adminRights,
  name: 'admin-rights',
  title: 'Admin rights granted by an unusual account',
  description: 'An account was given a role by somebody who had given none in the 90 days before.',
  alertType: 9_000_009,
  severity: 'high',
  category: 'PrivilegeEscalation',
  stories: [0, 1],
  intents: [4, 3],
  mitreTechniques: ['T1098.003'],
  defaultSensitivity: 'medium',
  find,
};

const isGrant: Sql = and([
  or([sql`${col.eventType} = 'EVENT_CATEGORY_ADD_ROLE_MEMBER'`, isOneOf(col.actionType, cmdlets)]),
  sql`not ${isOneOf(col.actionType, notGrants)}`,
]);

interface Grant {
  readonly seen: Seen;
  /** Who got it: an account, or what else the record names. */
  readonly target: string;
  /** As the record spells it; '' when it does not. */
  readonly role: string;
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(
    scene,
    ({ eventType, actionType }) =>
      (eventType === 'EVENT_CATEGORY_ADD_ROLE_MEMBER' || cmdlets.includes(actionType)) &&
      !notGrants.includes(actionType),
  );
  if (!span) return [];
  const rule = rules[scene.sensitivity];
  const seen = await listSeen(scene, and([rangeCondition(scene.range), isGrant]), rowsMax);
  const usual = await listUsual(scene, seen);
  const findings = new Map<string, Finding>();
  for (const grant of await readGrants(scene, seen)) {
    const role = grant.role.toLowerCase();
    if (!counts(role, rule)) continue;
    const isSelf = grant.target.toLowerCase() === grant.seen.userName;
    const isUnusual = isSelf || !usual(grant.seen);
    if (!isUnusual && !(rule.alwaysPowerful && powerful.has(role))) continue;
    const key = `${grant.seen.userName}|${grant.target.toLowerCase()}|${role}|${dayOf(grant.seen.timestamp)}`;
    if (!findings.has(key)) findings.set(key, findingOf(key, grant, isSelf, isUnusual));
    if (findings.size === findingsMax) break;
  }
  return [...findings.values()];
}

/** A role without a name may be any. */
function counts(role: string, rule: Rule): boolean {
  if (role === '' || rule.roles === 'all') return true;
  return powerful.has(role) || (rule.roles === 'administrators' && /admin|operator|management|owner/.test(role));
}

/** Says whether the account had given roles on a day before, in the 90 days before. */
async function listUsual(scene: Scene, seen: readonly Seen[]): Promise<(each: Seen) => boolean> {
  const times = seen.map((each) => each.timestamp);
  const users = [...new Set(seen.map((each) => each.userName))];
  if (users.length === 0) return () => false;
  const before = (kind: Sql) => sql`
    select distinct ${col.userName}, ${dayNumber} from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(Math.min(...times) - lookBackMs, Math.max(...times)),
      kind,
      isGrant,
      isAmong(col.userName, users),
    ])}`;
  const byDirectory = before(sql`${col.eventType} = 'EVENT_CATEGORY_ADD_ROLE_MEMBER'`);
  const byCmdlet = before(sql`${col.eventType} = 'EVENT_CATEGORY_CREATE_OBJECT'`);
  const rows = await scene.services.events.query(sql`
    ${byDirectory} union all ${byCmdlet} limit ${rowsMax}`);
  const days = new Map<string, number[]>();
  for (const [userName, day] of rows) days.set(String(userName), [...(days.get(String(userName)) ?? []), Number(day)]);
  return (each) => {
    const today = Math.floor(each.timestamp / dayMs);
    return (days.get(each.userName) ?? []).some((day) => day < today && day >= today - lookBackMs / dayMs);
  };
}

async function readGrants(scene: Scene, seen: readonly Seen[]): Promise<Grant[]> {
  return await readRawRecords(scene, seen, (record, each) => {
    if (/^(?:false|fail)/i.test(piece(record.ResultStatus))) return undefined;
    return { seen: each, target: targetOf(record), role: roleOf(record) };
  });
}

/** Exchange names who got it as Member or User; the directory as ObjectId or, of type 5 (UPN), among its targets. */
function targetOf(record: AuditRecord): string {
  const named = pairValue(record.Parameters, 'Member') || pairValue(record.Parameters, 'User');
  if (named !== '') return named;
  const target = listOf(record.Target).find((identity) => identity.Type === 5) ?? listOf(record.Target).at(-1);
  const object = piece(record.ObjectId);
  return object !== '' && object !== 'Not Available' ? object : piece(target?.ID);
}

function roleOf(record: AuditRecord): string {
  const named = pairValue(record.Parameters, 'Role') || pairValue(record.Parameters, 'Identity');
  if (named !== '') return named;
  const property = listOf(record.ModifiedProperties).find(({ Name }) => Name === 'Role.DisplayName');
  return piece(property?.NewValue).replace(/^"|"$/g, '');
}

function findingOf(key: string, { seen, target, role }: Grant, isSelf: boolean, isUnusual: boolean): Finding {
  const named = role === '' ? 'a role' : `the role ${role}`;
  const who = isSelf ? 'itself' : target;
  const why = isSelf
    ? `${seen.userName} gave it to itself.`
    : isUnusual
      ? `${seen.userName} had given no role in the 90 days before.`
      : `${role} is one of the most powerful roles.`;
  return {
    key,
    firstActivity: seen.timestamp,
    lastActivity: seen.timestamp,
    activityIds: [seen.id],
    ...(powerful.has(role.toLowerCase()) ? {} : { severity: 'medium' as const }),
    title: `Admin rights granted: ${target}${role === '' ? '' : `, ${role}`}`,
    description: `${seen.userName} gave ${who} ${named}. ${why}`,
    entities: [
      userEntity(seen.userName),
      ...(target === '' || isSelf ? [] : [userEntity(target.toLowerCase(), 'Related')]),
      ...(seen.address === '' ? [] : [ipEntity(seen.address, seen.countryCode)]),
      appEntity(seen.appId, seen.instance, seen.appName),
    ],
    devices: [],
    evidence: [
      {
        text: `${seen.actionType} by ${seen.userName}${seen.address === '' ? '' : ` from ${place(seen.address, seen.countryCode)}`} at ${moment(seen.timestamp)}: ${who} got ${named}.`,
      },
      { text: why },
    ],
  };
}
