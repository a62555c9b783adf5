import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';

// Incidents that were taken in before 0003 were bodies only, in the documented form. This reads them once: each becomes a
// record, and its alerts become records of their own. The forms are those of this migration, whatever the program's are
// later.

type Members = Readonly<Record<string, unknown>>;

interface Then {
  incidents: {
    tenantId: string;
    incidentId: number;
    body: string;
    sourceTicks: bigint | null;
    firstActivityTicks: bigint | null;
    lastActivityTicks: bigint | null;
    severity: number;
    classification: string;
    determination: string;
    alertCount: number;
    details: string;
  };
  alerts: Record<string, unknown>;
  alertKeys: Record<string, unknown>;
}

/** Bodies may have megabytes. */
const incidentsAtOnce = 20;

export async function readStoredIncidents(untyped: Kysely<unknown>): Promise<void> {
  const db = untyped as Kysely<Then>; // The tables as they are at this point.
  let after: { tenantId: string; incidentId: number } | undefined;
  for (;;) {
    let query = db.selectFrom('incidents').select(['tenantId', 'incidentId', 'body']);
    if (after) {
      const { tenantId, incidentId } = after;
      query = query.where((e) =>
        e.or([e('tenantId', '>', tenantId), e.and([e('tenantId', '=', tenantId), e('incidentId', '>', incidentId)])]),
      );
    }
    const rows = await query.orderBy('tenantId').orderBy('incidentId').limit(incidentsAtOnce).execute();
    for (const { tenantId, incidentId, body } of rows) {
      await readOne(db, tenantId, incidentId, JSON.parse(body) as Members); // Written by this program, as an object.
    }
    after = rows.at(-1);
    if (rows.length < incidentsAtOnce) return;
  }
}

async function readOne(db: Kysely<Then>, tenantId: string, incidentId: number, wire: Members): Promise<void> {
  const given = listOf(wire.alerts).filter(isMembers);
  // Of an alert that several incidents name, the first one has it: an alert is in one incident.
  const byAlertId = new Map(given.map((alert) => [shortTextOf(alert.alertId), alert]));
  const known = new Set<unknown>();
  const alertIds = [...byAlertId.keys()];
  for (let start = 0; start < alertIds.length; start += 1000) {
    const rows = await db
      .selectFrom('alerts')
      .select('alertId')
      .where('tenantId', '=', tenantId)
      .where('alertId', 'in', alertIds.slice(start, start + 1000))
      .execute();
    for (const { alertId } of rows) known.add(alertId);
  }
  const alerts = [...byAlertId]
    .filter(([alertId]) => !known.has(alertId))
    .map(([, alert]) => alertOf(tenantId, incidentId, alert));
  for (const alert of alerts) await insertAlert(db, tenantId, alert);
  const times = alerts.flatMap(({ first, last }) => [first, last]);
  const { details, ...columns } = recordOf(wire);
  await db
    .updateTable('incidents')
    .set({
      ...columns,
      firstActivityTicks: times.length === 0 ? null : times.reduce((a, b) => (a < b ? a : b)),
      lastActivityTicks: times.length === 0 ? null : times.reduce((a, b) => (a > b ? a : b)),
      alertCount: alerts.length,
      details: JSON.stringify(details),
    })
    .where('tenantId', '=', tenantId)
    .where('incidentId', '=', incidentId)
    .execute();
}

const ownMembers = new Set([
  'incidentId',
  'redirectIncidentId',
  'incidentName',
  'createdTime',
  'lastUpdateTime',
  'assignedTo',
  'classification',
  'determination',
  'status',
  'severity',
  'tags',
  'comments',
  'alerts',
]);

function recordOf(wire: Members) {
  const severity = ['unspecified', 'informational', 'low', 'medium', 'high'].indexOf(
    textOf(wire.severity).toLowerCase(),
  );
  return {
    sourceTicks: ticksOf(wire.lastUpdateTime) ?? 0n,
    severity: Math.max(severity, 0),
    classification: classificationOf(wire.classification) ?? shortTextOf(wire.classification),
    determination: determinationOf(wire.determination) ?? shortTextOf(wire.determination),
    details: {
      name: textOf(wire.incidentName),
      isNameGiven: true,
      isSeverityGiven: true,
      assignedTo: textOf(wire.assignedTo) || null,
      tags: listOf(wire.tags),
      comments: listOf(wire.comments),
      redirectIncidentId: wire.redirectIncidentId ?? null,
      extra: without(wire, ownMembers),
    },
  };
}

const alertMembers = new Set([
  'alertId',
  'incidentId',
  'creationTime',
  'lastUpdatedTime',
  'resolvedTime',
  'firstActivity',
  'lastActivity',
  'detectorId',
  'assignedTo',
  'comments',
  'mitreTechniques',
  'devices',
  'entities',
]);

function alertOf(tenantId: string, incidentId: number, wire: Members) {
  const alertId = shortTextOf(wire.alertId);
  const created = ticksOf(wire.creationTime) ?? 0n;
  const [one, other] = [ticksOf(wire.firstActivity) ?? created, ticksOf(wire.lastActivity) ?? created];
  const [first, last] = one < other ? [one, other] : [other, one];
  const updated = ticksOf(wire.lastUpdatedTime) ?? created;
  const status = wordIn(statuses, textOf(wire.status).toLowerCase()) ?? 'new';
  const severity = severities.indexOf(textOf(wire.severity).toLowerCase());
  const classification = classificationOf(wire.classification) ?? 'unknown';
  const resolved = status === 'resolved' ? (ticksOf(wire.resolvedTime) ?? updated) : null;
  const category = textOf(wire.category);
  const body = {
    id: createHash('sha256').update(`${tenantId}/${alertId}`).digest('hex').slice(0, 24),
    alertId,
    incidentId,
    title: textOf(wire.title),
    description: textOf(wire.description),
    category,
    severity: severities[severity] ?? 'informational',
    createdTicks: String(created),
    firstActivityTicks: String(first),
    lastActivityTicks: String(last),
    updatedTicks: String(updated),
    resolvedTicks: resolved === null ? null : String(resolved),
    serviceSource: textOf(wire.serviceSource),
    detectionSource: textOf(wire.detectionSource),
    detectorId: textOf(wire.detectorId) || null,
    policyId: null,
    alertType: 0,
    stories: [0],
    intents: [Math.max(intents.indexOf(category.toLowerCase()), 0)],
    mitreTechniques: listOf(wire.mitreTechniques).filter((each) => typeof each === 'string'),
    entities: listOf(wire.entities).filter((each) => isMembers(each) && typeof each.entityType === 'string'),
    devices: listOf(wire.devices).filter(isMembers),
    activityIds: [],
    evidence: [],
    extra: without(wire, alertMembers),
    status,
    resolution: status === 'resolved' ? (resolutions[classification] ?? 'resolved') : 'open',
    isRead: status === 'resolved',
    classification,
    determination: determinationOf(wire.determination) ?? 'unknown',
    assignedTo: textOf(wire.assignedTo) || null,
    comments: listOf(wire.comments)
      .filter(isMembers)
      .map((each) => ({
        comment: textOf(each.comment),
        createdBy: textOf(each.createdBy),
        createdTime: String(ticksOf(each.createdTime) ?? updated),
      })),
    closeReason: null,
    closeComment: null,
    handledBy: null,
    feedback: null,
  };
  return { body, created, updated, first, last, resolved, severity: Math.max(severity, 0) };
}

async function insertAlert(db: Kysely<Then>, tenantId: string, alert: ReturnType<typeof alertOf>): Promise<void> {
  const { body } = alert;
  await db
    .insertInto('alerts')
    .values({
      tenantId,
      id: body.id,
      alertId: body.alertId,
      incidentId: body.incidentId,
      createdTicks: alert.created,
      updatedTicks: alert.updated,
      lastActivityTicks: alert.last,
      resolvedTicks: alert.resolved,
      severity: alert.severity,
      status: body.status,
      resolution: body.resolution,
      isRead: body.isRead ? 1 : 0,
      classification: body.classification,
      determination: body.determination,
      assignedTo: body.assignedTo === null ? null : shortTextOf(body.assignedTo.toLowerCase()),
      category: shortTextOf(body.category),
      serviceSource: shortTextOf(body.serviceSource),
      detectionSource: shortTextOf(body.detectionSource),
      alertType: body.alertType,
      policyId: null,
      body: JSON.stringify(body),
    })
    .execute();
  const keys = keysOf(body.entities.filter(isMembers), body.devices).map(([kind, key]) => ({
    tenantId,
    kind,
    key,
    alert: body.id,
    lastActivityTicks: alert.last,
  }));
  for (let start = 0; start < keys.length; start += 1000) {
    await db
      .insertInto('alertKeys')
      .values(keys.slice(start, start + 1000))
      .execute();
  }
}

/** What the alert is about, each thing once: kind and key. */
function keysOf(entities: readonly Members[], devices: readonly Members[]): [string, string][] {
  const found = new Map<string, [string, string]>([['story 0', ['story', '0']]]);
  const add = (kind: string, value: unknown): void => {
    const text = (typeof value === 'number' ? String(value) : textOf(value)).trim().toLowerCase();
    if (text === '' || !text.isWellFormed()) return;
    const key = text.length <= 300 ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
    found.set(`${kind} ${key}`, [kind, key]);
  };
  for (const entity of entities) {
    const type = textOf(entity.entityType).toLowerCase();
    if (type === 'user' || type === 'mailbox' || type === 'mailmessage') {
      const account = textOf(entity.accountName);
      const domain = textOf(entity.domainName);
      const name =
        textOf(entity.userPrincipalName) ||
        textOf(entity.mailboxAddress) ||
        (account !== '' && domain !== '' ? `${account}@${domain}` : account);
      add('user', name || entity.userSid);
      for (const id of [name, entity.aadUserId, entity.userSid]) add('account', id);
    }
    if (type === 'mailmessage') add('mail', entity.networkMessageId);
    if (type === 'ip') add('address', entity.ipAddress);
    if (type === 'machine' || type === 'device') add('device', entity.deviceId);
    if (type === 'file' || type === 'process') {
      add('file', entity.sha256);
      add('file', entity.sha1);
      add('file-name', entity.fileName);
    }
    if (type === 'securitygroup') add('group', entity.securityGroupId);
  }
  for (const device of devices) {
    add('device', device.mdatpDeviceId);
    add('device', device.deviceDnsName);
  }
  return [...found.values()];
}

const severities = ['informational', 'low', 'medium', 'high'];
const statuses: Readonly<Record<string, string>> = {
  new: 'new',
  active: 'new',
  inprogress: 'inProgress',
  resolved: 'resolved',
};
const resolutions: Readonly<Record<string, string>> = {
  falsePositive: 'falsePositive',
  truePositive: 'truePositive',
  informationalExpectedActivity: 'benign',
};
const intents = [
  'unknown',
  'preattack',
  'initialaccess',
  'persistence',
  'privilegeescalation',
  'defenseevasion',
  'credentialaccess',
  'discovery',
  'lateralmovement',
  'execution',
  'collection',
  'exfiltration',
  'commandandcontrol',
  'impact',
];

function classificationOf(value: unknown): string | undefined {
  const names = ['unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity'];
  return names.find((name) => name.toLowerCase() === textOf(value).toLowerCase());
}

const otherDeterminations: Readonly<Record<string, string>> = {
  notavailable: 'unknown',
  compromiseduser: 'compromisedAccount',
  clean: 'notMalicious',
  noenoughdatatovalidate: 'notEnoughDataToValidate',
  insufficientdata: 'notEnoughDataToValidate',
  confirmeduseractivity: 'confirmedActivity',
};
const determinations = [
  ...['unknown', 'apt', 'malware', 'securityPersonnel', 'securityTesting', 'unwantedSoftware', 'other'],
  ...['multiStagedAttack', 'compromisedAccount', 'phishing', 'maliciousUserActivity', 'notMalicious'],
  ...['notEnoughDataToValidate', 'confirmedActivity', 'lineOfBusinessApplication'],
];

function determinationOf(value: unknown): string | undefined {
  const folded = textOf(value).toLowerCase();
  return determinations.find((name) => name.toLowerCase() === folded) ?? wordIn(otherDeterminations, folded);
}

/** Times as the bodies have them: UTC, at most seven digits after the second. */
function ticksOf(value: unknown): bigint | undefined {
  const [, seconds, fraction = ''] = /^(.+?)(?:\.(\d{1,7}))?Z$/.exec(textOf(value)) ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 10_000n + BigInt(fraction.padEnd(7, '0'));
}

/** PostgreSQL takes no U+0000. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\u0000', '').toWellFormed() : '';
}

/** What an index holds is bounded by PostgreSQL. */
function shortTextOf(value: unknown): string {
  return textOf(value).slice(0, 200).toWellFormed();
}

/** Names that every object inherits are none of the words. */
function wordIn(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(members: Members, names: ReadonlySet<string>): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.has(name)));
}
