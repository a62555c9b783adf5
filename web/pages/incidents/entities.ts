// What alerts are about, in one form: the documented entities (Defender reference 2.7) and devices (2.6) have a form a kind.

/** JSON members as they came. */
export type Members = Readonly<Record<string, unknown>>;

export const entityKinds = [
  'user',
  'mailbox',
  'ip',
  'machine',
  'file',
  'process',
  'app',
  'oauthApp',
  'url',
  'mail',
  'group',
  'registry',
  'other',
] as const;
export type EntityKind = (typeof entityKinds)[number];

export interface Entity {
  readonly kind: EntityKind;
  /** The same thing has the same key in every alert. */
  readonly key: string;
  readonly name: string;
  /** What tells it from others of its name: a path, a country, an operating system. */
  readonly detail: string;
  readonly verdict: string | null;
  readonly remediation: string | null;
}

/** A thing and the alerts that it is in. */
export interface FoundEntity extends Entity {
  readonly alertIds: readonly string[];
}

interface About {
  readonly alertId: string;
  readonly entities: readonly Members[];
  readonly devices: readonly Members[];
}

const kindsOfTypes: Readonly<Record<string, EntityKind>> = {
  user: 'user',
  mailbox: 'mailbox',
  ip: 'ip',
  machine: 'machine',
  device: 'machine',
  file: 'file',
  process: 'process',
  cloudapplication: 'app',
  oauthapp: 'oauthApp',
  oauthapplication: 'oauthApp',
  url: 'url',
  mailmessage: 'mail',
  mailcluster: 'mail',
  securitygroup: 'group',
  registry: 'registry',
};

function textOf(...values: readonly unknown[]): string {
  for (const value of values) {
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number') return String(value);
  }
  return '';
}

function joined(...values: readonly unknown[]): string {
  return values.flatMap((value) => textOf(value) || []).join(' · ');
}

/** Name, what tells it apart, and what it is known by, for each kind. */
function described(kind: EntityKind, given: Members): readonly [name: string, detail: string, id: string] {
  switch (kind) {
    case 'user': {
      const { accountName, domainName } = given;
      const account = textOf(accountName) && textOf(domainName) ? `${accountName}@${domainName}` : textOf(accountName);
      const name = textOf(given.userPrincipalName, account, given.userSid, given.displayName);
      return [name, textOf(given.displayName) === name ? '' : textOf(given.displayName), name];
    }
    case 'mailbox': {
      const name = textOf(given.mailboxAddress, given.userPrincipalName, given.mailboxDisplayName);
      return [name, textOf(given.mailboxDisplayName), name];
    }
    case 'ip':
      return [textOf(given.ipAddress), textOf(given.countryCode), textOf(given.ipAddress)];
    case 'machine': {
      const name = textOf(given.deviceDnsName, given.mdatpDeviceId, given.deviceId);
      return [name, joined(given.osPlatform, given.version), name];
    }
    case 'file':
    case 'process': {
      const name = textOf(given.fileName, given.processCommandLine, given.sha256, given.sha1, given.fileId);
      const id = textOf(given.sha256, given.sha1, given.fileId) || `${textOf(given.filePath)}/${name}`;
      return [
        name,
        textOf(given.processCommandLine, given.filePath),
        kind === 'file' ? id : `${id} ${given.processId}`,
      ];
    }
    case 'app':
      return [textOf(given.appName, given.appId), textOf(given.instanceName), textOf(given.appId, given.appName)];
    case 'oauthApp':
      return [textOf(given.appName, given.appId), textOf(given.publisher), textOf(given.appId, given.appName)];
    case 'url':
      return [textOf(given.url), '', textOf(given.url)];
    case 'mail':
      return [
        textOf(given.subject, given.networkMessageId, given.clusterBy),
        joined(given.sender, given.recipient ?? given.userPrincipalName, given.clusterByValue),
        textOf(given.networkMessageId, given.clusterByValue, given.subject),
      ];
    case 'group':
      return [textOf(given.securityGroupName, given.securityGroupId), '', textOf(given.securityGroupId)];
    case 'registry': {
      const name = joined(given.registryHive, given.registryKey);
      return [name, joined(given.registryValueName, given.registryValue), name];
    }
    case 'other':
      return [textOf(given.name, given.countryCode, given.entityType), '', JSON.stringify(given)];
  }
}

function entityOf(kind: EntityKind, given: Members): Entity | undefined {
  const [name, detail, id] = described(kind, given);
  if (name === '') return undefined;
  const verdict = textOf(given.verdict);
  const remediation = textOf(given.remediationStatus, given.detectionStatus);
  return {
    ...{ kind, name, detail, key: `${kind} ${id.toLowerCase()}` },
    verdict: verdict === '' ? null : verdict,
    remediation: remediation === '' ? null : remediation,
  };
}

/** The things of one alert, each once. */
export function entitiesOf({ entities, devices }: Omit<About, 'alertId'>): Entity[] {
  const all = [
    ...entities.flatMap((given) => {
      const type = textOf(given.entityType).toLowerCase();
      const kind = Object.hasOwn(kindsOfTypes, type) ? kindsOfTypes[type] : 'other';
      return entityOf(kind ?? 'other', given) ?? [];
    }),
    ...devices.flatMap((device) => entityOf('machine', device) ?? []),
  ];
  return [...Map.groupBy(all, ({ key }) => key).values()].flatMap((same) => worst(same) ?? []);
}

/** Of all alerts together, in the order of kinds, those in most alerts first. */
export function foundEntities(alerts: readonly About[]): FoundEntity[] {
  const all = alerts.flatMap((alert) => entitiesOf(alert).map((entity) => ({ entity, alertId: alert.alertId })));
  return [...Map.groupBy(all, ({ entity }) => entity.key).values()]
    .flatMap((same): FoundEntity[] => {
      const entity = worst(same.map((each) => each.entity));
      return entity ? [{ ...entity, alertIds: [...new Set(same.map(({ alertId }) => alertId))] }] : [];
    })
    .sort(
      (one, other) =>
        entityKinds.indexOf(one.kind) - entityKinds.indexOf(other.kind) ||
        other.alertIds.length - one.alertIds.length ||
        one.name.localeCompare(other.name),
    );
}

const badness = ['nothreatsfound', 'unknown', 'suspicious', 'malicious'];

function worst(same: readonly Entity[]): Entity | undefined {
  const place = ({ verdict }: Entity) => (verdict === null ? 0 : badness.indexOf(verdict.toLowerCase()));
  return same.reduce<Entity | undefined>(
    (found, each) => (!found || place(each) > place(found) ? each : found),
    undefined,
  );
}
