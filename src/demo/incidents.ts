// The demo's incidents: what a security team would have found in the month of records (records.ts). Each is made from
// the very records that it is about, so that people, addresses and times agree. The same records and seed give the same.
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import {
  type AlertDraft,
  alertOf,
  deviceOf,
  entity,
  type Part,
  type Triage,
  userEntity,
  wireTime,
} from './incident-parts.ts';
import type { DemoOptions } from './records.ts';
import { guidFrom, Seeded } from './seeded.ts';
import type { DemoTenant } from './sessions.ts';
import { type Office, type World, worldOf } from './world.ts';

/** Of a record, what incidents are made from. */
interface Told {
  readonly CreationTime: string;
  readonly Operation: string;
  readonly UserId: string;
  readonly ClientIP: string;
  readonly ObjectId: string;
  readonly LogonError?: string;
  readonly SourceFileName?: string;
  readonly TargetUserOrGroupName?: string;
  readonly Parameters?: readonly { readonly Name: string; readonly Value: string }[];
  readonly AppAccessContext?: { readonly AADSessionId: string };
  readonly DeviceProperties?: readonly { readonly Name: string; readonly Value: string }[];
}

interface Draft {
  readonly name: string;
  readonly severity: 'Informational' | 'Low' | 'Medium' | 'High';
  readonly alerts: readonly AlertDraft[];
  readonly tags?: readonly string[];
  /** What it turns out to be: classification and determination. */
  readonly verdict: readonly [classification: string, determination: string];
  /** Nobody has closed it yet, however old it is. */
  readonly isOpen?: true;
}

const downloadsLeast = 40;
const endpointFindings = [
  { name: 'Hack tool', family: 'Mimikatz', technique: 'T1003', file: 'mk64.exe' },
  { name: 'Coin miner', family: 'CoinMiner', technique: 'T1496', file: 'updater.exe' },
  { name: 'Suspicious macro', family: 'Donoff', technique: 'T1204.002', file: 'Invoice.docm' },
] as const;

/** The incidents in the documented form, oldest first. `analysts` are the user names of those who work on them. */
export function demoIncidents(
  tenant: DemoTenant,
  analysts: readonly string[],
  records: Iterable<string>,
  options: DemoOptions,
): Part[] {
  const random = new Seeded(`${options.seed}/${tenant.slug}/incidents/${wireTime(options.date)}`);
  const told = Array.from(records, (record) => JSON.parse(record) as Told); // Made by records.ts.
  const drafts = findings(tenant, told, random)
    .filter((draft) => draft.alerts.length > 0)
    .sort((left, right) => endOf(left) - endOf(right));
  const firstId = 10_000 + (Number.parseInt(guidFrom(`incidents of ${tenant.slug}`).slice(0, 4), 16) % 80_000);
  const incidents = drafts.map((draft, index) => incidentOf(draft, firstId + index, analysts, options.date, random));
  return mergeLockedAccount(incidents);
}

const timeOf = ({ CreationTime }: Told): number => Date.parse(`${CreationTime}Z`);
const endOf = ({ alerts }: Draft): number => Math.max(...alerts.map((alert) => alert.last));

function findings(tenant: DemoTenant, told: readonly Told[], random: Seeded): Draft[] {
  const world = worldOf(tenant.slug);
  return [
    ...passwordSpray(told, world),
    ...massDownloads(told),
    ...journeys(told, world),
    ...cmdlets(told),
    ...sharesOutside(told),
    ...endpoints(told, tenant, random),
  ];
}

function isIn(office: Office, address: string): boolean {
  const [prefix = '', suffix = ''] = office.address.split('#');
  const number = Number(address.slice(prefix.length, address.length - suffix.length));
  const [least, most] = office.addresses;
  return address.startsWith(prefix) && number >= least && number <= most;
}

function span(told: readonly Told[]): { first: number; last: number } {
  const times = told.map(timeOf);
  return { first: Math.min(...times), last: Math.max(...times) };
}

function usersAndAddresses(told: readonly Told[]): Part[] {
  const users = [...new Set(told.map((each) => each.UserId))].map(userEntity);
  const addresses = [...new Set(told.map((each) => each.ClientIP))].map((ipAddress) => entity('Ip', { ipAddress }));
  return [...users, ...addresses];
}

/** The night of the attempts, and the account that they locked: two incidents, of which one is merged into the other. */
function passwordSpray(told: readonly Told[], world: World): Draft[] {
  const failed = told.filter((each) => each.Operation === 'UserLoginFailed' && isIn(world.hostile, each.ClientIP));
  const locked = failed.filter((each) => each.LogonError === 'IdsLocked');
  const spray: AlertDraft = {
    source: 'identity',
    title: 'Password spray',
    description: 'A few passwords were tried on many accounts, from addresses that are known for it.',
    category: 'CredentialAccess',
    mitreTechniques: ['T1110.003'],
    ...span(failed),
    entities: usersAndAddresses(failed),
  };
  const verdict = ['TruePositive', 'MaliciousUserActivity'] as const;
  if (failed.length === 0) return [];
  const whole: Draft = { name: sprayName, severity: 'High', alerts: [spray], tags: ['Night'], verdict, isOpen: true };
  const lockedAlert: AlertDraft = {
    ...spray,
    title: 'Account locked after failed sign-ins',
    description: 'So many sign-ins failed that the account was locked.',
    mitreTechniques: ['T1110'],
    ...span(locked),
    entities: usersAndAddresses(locked),
  };
  return locked.length === 0
    ? [whole]
    : [whole, { name: lockedName, severity: 'Medium', alerts: [lockedAlert], verdict }];
}

const sprayName = 'Password spray on many accounts';
const lockedName = 'Account locked at night';

/** The merged incident stays, redirected; its alerts belong to the other one (reference 2.4). */
function mergeLockedAccount(incidents: readonly Part[]): Part[] {
  const spray = incidents.find((each) => each.incidentName === sprayName);
  const locked = incidents.find((each) => each.incidentName === lockedName);
  if (!spray || !locked) return [...incidents];
  const { incidentId } = spray;
  const moved = (locked.alerts as Part[]).map((alert) => ({ ...alert, incidentId })); // Made by incidentOf.
  return incidents.map((each) => {
    if (each === spray) return { ...spray, alerts: [...(spray.alerts as Part[]), ...moved] }; // As above.
    if (each !== locked) return each;
    return { ...locked, redirectIncidentId: incidentId, status: 'Redirected', assignedTo: null, alerts: [] };
  });
}

function massDownloads(told: readonly Told[]): Draft[] {
  const downloads = told.filter((each) => each.Operation === 'FileDownloaded');
  const sessions = Map.groupBy(downloads, (each) => each.AppAccessContext?.AADSessionId ?? '');
  return [...sessions.values()]
    .filter((each) => each.length >= downloadsLeast)
    .map((each) => ({
      name: 'Mass download by one user',
      severity: 'Medium',
      verdict: ['TruePositive', 'MaliciousUserActivity'],
      isOpen: true,
      alerts: [
        {
          source: 'cloudApps',
          title: 'Mass download by a single user',
          description: `${each.length} files were downloaded in one session, far more than this person ever did.`,
          category: 'Exfiltration',
          mitreTechniques: ['T1530'],
          ...span(each),
          entities: [...usersAndAddresses(each), ...each.slice(0, 10).map(fileEntity)],
        },
      ],
    }));
}

function fileEntity({ SourceFileName, ObjectId }: Told): Part {
  return entity('File', { fileName: SourceFileName, filePath: ObjectId.slice(0, ObjectId.lastIndexOf('/')) });
}

function journeys(told: readonly Told[], world: World): Draft[] {
  const abroad = told.filter((each) => each.Operation === 'UserLoggedIn' && isIn(world.abroad, each.ClientIP));
  return [...Map.groupBy(abroad, (each) => each.UserId).values()].map((each) => ({
    name: 'Impossible travel activity',
    severity: 'Medium',
    verdict: ['InformationalExpectedActivity', 'ConfirmedActivity'],
    alerts: [
      {
        source: 'cloudApps',
        title: 'Impossible travel activity',
        description: `The account signed in from ${world.abroad.name}, where it was never seen before.`,
        category: 'InitialAccess',
        mitreTechniques: ['T1078'],
        ...span(each.slice(0, 1)),
        entities: usersAndAddresses(each.slice(0, 1)),
      },
    ],
  }));
}

const suspiciousCmdlets: Readonly<Record<string, readonly [title: string, technique: string]>> = {
  'Add-MailboxPermission': ['Full access to a mailbox was given', 'T1098.002'],
  'New-TransportRule': ['A mail flow rule was created', 'T1114.003'],
};

function cmdlets(told: readonly Told[]): Draft[] {
  return told.flatMap((each) => {
    const [title, technique] = suspiciousCmdlets[each.Operation] ?? [];
    if (title === undefined || technique === undefined) return [];
    const mailbox = each.Parameters?.find(({ Name }) => Name === 'Identity')?.Value;
    return [
      {
        name: title,
        severity: 'Low',
        verdict: ['InformationalExpectedActivity', 'LineOfBusinessApplication'],
        alerts: [
          {
            source: 'office',
            title,
            description: `An administrator ran ${each.Operation}.`,
            category: 'Persistence',
            mitreTechniques: [technique],
            ...span([each]),
            entities: [
              ...usersAndAddresses([each]),
              entity('MailBox', { userPrincipalName: mailbox, mailboxDisplayName: mailbox, mailboxAddress: mailbox }),
            ],
          },
        ],
      } satisfies Draft,
    ];
  });
}

function sharesOutside(told: readonly Told[]): Draft[] {
  return told
    .filter((each) => each.Operation === 'SecureLinkCreated')
    .map((each) => ({
      name: `File shared with ${each.TargetUserOrGroupName ?? 'somebody outside'}`,
      severity: 'Informational',
      verdict: ['FalsePositive', 'Clean'],
      alerts: [
        {
          source: 'cloudApps',
          title: 'A file was shared outside of the organisation',
          description: `${each.SourceFileName ?? 'A file'} was shared with ${each.TargetUserOrGroupName ?? 'a guest'}.`,
          category: 'Exfiltration',
          ...span([each]),
          entities: [...usersAndAddresses([each]), fileEntity(each)],
        },
      ],
    }));
}

/** Finds on machines that people had just signed in from. */
function endpoints(told: readonly Told[], { domain }: DemoTenant, random: Seeded): Draft[] {
  const signIns = told.filter((each) => each.Operation === 'UserLoggedIn' && propertyOf(each, 'OS').startsWith('Win'));
  if (signIns.length === 0) return [];
  return endpointFindings.map(({ name, family, technique, file }) => {
    const signedIn = random.pick(signIns);
    const machine = deviceOf(
      propertyOf(signedIn, 'DisplayName'),
      propertyOf(signedIn, 'OS'),
      domain,
      timeOf(signedIn) - 90 * dayMs,
    );
    const at = timeOf(signedIn) + random.integer(5, 90) * minuteMs;
    const sha256 = `${guidFrom(`file ${file}`)}${guidFrom(`file 2 ${file}`)}`.replaceAll('-', '');
    return {
      name: `${name} on one endpoint`,
      severity: 'High',
      verdict: ['TruePositive', 'Malware'],
      alerts: [
        {
          source: 'endpoint',
          title: `${name} was detected`,
          description: `${file} was found and put into quarantine.`,
          category: 'Malware',
          mitreTechniques: [technique],
          threatFamilyName: family,
          first: at,
          last: at,
          devices: [machine],
          entities: [
            userEntity(signedIn.UserId),
            entity('File', {
              ...{ sha1: sha256.slice(0, 40), sha256, fileName: file },
              filePath: 'C:\\Users\\Public\\Downloads',
              deviceId: machine.mdatpDeviceId,
            }),
          ],
        },
      ],
    };
  });
}

function propertyOf({ DeviceProperties }: Told, name: string): string {
  return DeviceProperties?.find((each) => each.Name === name)?.Value ?? '';
}

function incidentOf(draft: Draft, incidentId: number, analysts: readonly string[], date: number, random: Seeded): Part {
  const createdAt = Math.min(endOf(draft) + random.integer(60, 900) * 1000, date - 2);
  const triage = triageOf(draft, createdAt, analysts, date, random);
  const { status, assignedTo, classification, determination, comment, updatedAt } = triage;
  return {
    incidentId,
    redirectIncidentId: null,
    incidentName: draft.name,
    createdTime: wireTime(createdAt),
    lastUpdateTime: wireTime(updatedAt),
    assignedTo,
    classification,
    determination,
    status,
    severity: draft.severity,
    tags: draft.tags ?? [],
    comments:
      comment === null ? [] : [{ comment, createdBy: assignedTo ?? 'Automation', createdTime: wireTime(updatedAt) }],
    alerts: draft.alerts.map((alert) => alertOf(alert, incidentId, draft.severity, triage, random)),
  };
}

/** After a week everything is closed that is not kept open; what is younger is being worked on, the newest is untouched. */
function triageOf(draft: Draft, createdAt: number, analysts: readonly string[], date: number, random: Seeded): Triage {
  const age = date - createdAt;
  const analyst = random.pick(analysts);
  const later = Math.min(createdAt + random.integer(1, 40) * hourMs, date - 1);
  const open = { classification: 'Unknown', determination: 'NotAvailable' };
  if (draft.isOpen || (age < 7 * dayMs && age >= 2 * dayMs)) {
    return { status: 'InProgress', assignedTo: analyst, ...open, comment: 'Looking into it.', updatedAt: later };
  }
  if (age < 2 * dayMs) return { status: 'Active', assignedTo: null, ...open, comment: null, updatedAt: createdAt };
  const [classification, determination] = draft.verdict;
  return {
    status: 'Resolved',
    assignedTo: analyst,
    classification,
    determination,
    comment: 'Closed.',
    updatedAt: later,
  };
}
