// Incidents of another product in the demo: what an endpoint product found on machines in the quiet part of the month
// (records.ts), and how far the team got with it. People and machines are those of the records. What is found in the
// records themselves comes from detections and policies and is not in here.
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
import { type DemoOptions, demoDays } from './records.ts';
import { guidFrom, Seeded } from './seeded.ts';
import type { DemoTenant } from './sessions.ts';

/** Of a record, what incidents are made from. */
interface Told {
  readonly CreationTime: string;
  readonly Operation: string;
  readonly UserId: string;
  readonly DeviceProperties?: readonly { readonly Name: string; readonly Value: string }[];
}

interface Draft {
  readonly name: string;
  readonly severity: 'Informational' | 'Low' | 'Medium' | 'High';
  readonly alert: AlertDraft;
  /** What it turns out to be: classification and determination. */
  readonly verdict: readonly [classification: string, determination: string];
  /** Of the same machine and day as the one before, whose part it becomes. */
  readonly isMerged: boolean;
}

interface Find {
  readonly name: string;
  readonly family: string;
  readonly technique: string;
  readonly file: string;
  /** Days of the month between which it happens: none of the attacks is near. */
  readonly days: readonly [from: number, to: number];
  readonly isMerged?: true;
}

const finds: readonly Find[] = [
  { name: 'Suspicious macro', family: 'Donoff', technique: 'T1204.002', file: 'Invoice.docm', days: [2, 9] },
  { name: 'Hack tool', family: 'Mimikatz', technique: 'T1003', file: 'mk64.exe', days: [11, 17] },
  { name: 'Hack tool part', family: 'Mimikatz', technique: 'T1003', file: 'mklib.dll', days: [11, 17], isMerged: true },
  { name: 'Coin miner', family: 'CoinMiner', technique: 'T1496', file: 'updater.exe', days: [24, 28] },
  { name: 'Unwanted program', family: 'Bundler', technique: 'T1176', file: 'toolbar.exe', days: [28.5, 30] },
];

/**
 * The incidents in the documented form, oldest first. `analysts` are the user names of those who work on them, `involved`
 * those of people who are in an attack.
 */
export function demoIncidents(
  tenant: DemoTenant,
  analysts: readonly string[],
  involved: readonly string[],
  records: Iterable<string>,
  options: DemoOptions,
): Part[] {
  const random = new Seeded(`${options.seed}/${tenant.slug}/incidents/${wireTime(options.date)}`);
  const told = Array.from(records, (record) => JSON.parse(record) as Told); // Made by records.ts.
  const signIns = told.filter(
    (each) =>
      each.Operation === 'UserLoggedIn' && propertyOf(each, 'OS').startsWith('Win') && !involved.includes(each.UserId),
  );
  const firstId = 10_000 + (Number.parseInt(guidFrom(`incidents of ${tenant.slug}`).slice(0, 4), 16) % 80_000);
  const drafts = draftsOf(signIns, tenant, options.date, random);
  const incidents = drafts.map((draft, index) => incidentOf(draft, firstId + index, analysts, options.date, random));
  drafts.forEach(({ isMerged }, index) => {
    const [into, merged] = [incidents[index - 1], incidents[index]];
    if (!isMerged || !into || !merged) return;
    incidents[index - 1] = { ...into, alerts: [...alertsOf(into), ...alertsOf(merged, into.incidentId)] };
    incidents[index] = { ...merged, ...redirected, redirectIncidentId: into.incidentId };
  });
  return incidents;
}

/** The merged incident stays, redirected; its alerts belong to the other one (reference 2.4). */
const redirected = { status: 'Redirected', assignedTo: null, alerts: [] };

function alertsOf({ alerts, incidentId }: Part, belongTo: unknown = incidentId): Part[] {
  return (alerts as Part[]).map((alert) => ({ ...alert, incidentId: belongTo })); // Made by incidentOf.
}

/** Finds on machines that people had just signed in from. */
function draftsOf(signIns: readonly Told[], { domain }: DemoTenant, date: number, random: Seeded): Draft[] {
  const drafts: Draft[] = [];
  let signedIn: Told | undefined;
  for (const { name, family, technique, file, days, isMerged } of finds) {
    const [from, to] = days.map((day) => date - (demoDays - day) * dayMs);
    const then = signIns.filter((each) => timeOf(each) >= (from ?? 0) && timeOf(each) < (to ?? 0) - 2 * hourMs);
    if (!isMerged) signedIn = then.length > 0 ? random.pick(then) : undefined;
    if (!signedIn) continue;
    const system = propertyOf(signedIn, 'OS');
    const machine = deviceOf(propertyOf(signedIn, 'DisplayName'), system, domain, timeOf(signedIn) - 90 * dayMs);
    const at = timeOf(signedIn) + random.integer(5, 90) * minuteMs;
    const sha256 = `${guidFrom(`file ${file}`)}${guidFrom(`file 2 ${file}`)}`.replaceAll('-', '');
    const hashes = { sha1: sha256.slice(0, 40), sha256, fileName: file };
    drafts.push({
      name: `${name} on one endpoint`,
      severity: name === 'Unwanted program' ? 'Low' : 'High',
      verdict: ['TruePositive', 'Malware'],
      isMerged: isMerged ?? false,
      alert: {
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
          entity('File', { ...hashes, filePath: 'C:\\Users\\Public\\Downloads', deviceId: machine.mdatpDeviceId }),
        ],
      },
    });
  }
  return drafts;
}

const timeOf = ({ CreationTime }: Told): number => Date.parse(`${CreationTime}Z`);

function propertyOf({ DeviceProperties }: Told, name: string): string {
  return DeviceProperties?.find((each) => each.Name === name)?.Value ?? '';
}

function incidentOf(draft: Draft, incidentId: number, analysts: readonly string[], date: number, random: Seeded): Part {
  const createdAt = Math.min(draft.alert.last + random.integer(60, 900) * 1000, date - 2);
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
    tags: [],
    comments:
      comment === null ? [] : [{ comment, createdBy: assignedTo ?? 'Automation', createdTime: wireTime(updatedAt) }],
    alerts: [alertOf(draft.alert, incidentId, draft.severity, triage, random)],
  };
}

/** After a week everything is closed; what is younger is being worked on, the newest is untouched. */
function triageOf(draft: Draft, createdAt: number, analysts: readonly string[], date: number, random: Seeded): Triage {
  const age = date - createdAt;
  const analyst = random.pick(analysts);
  const later = Math.min(createdAt + random.integer(1, 40) * hourMs, date - 1);
  const open = { classification: 'Unknown', determination: 'NotAvailable' };
  if (age < 7 * dayMs && age >= 2 * dayMs) {
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
