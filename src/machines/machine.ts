// A machine as the documented list of Defender for Endpoint has it (Defender reference 4.1; "Machine resource type"): what
// an ingested record or the device of an alert says of it, and how that changes what was known.
import { createHash } from 'node:crypto';
import type { AlertDevice, Members } from '../alerts/alert.ts';
import { formatTicks, parseTicks } from '../lib/ticks.ts';

/** What lists are filtered by, in the names of the wire. */
export const machineTexts = [
  'computerDnsName',
  'osPlatform',
  'version',
  'healthStatus',
  'riskScore',
  'exposureLevel',
  'onboardingStatus',
  'lastIpAddress',
  'lastExternalIpAddress',
  'aadDeviceId',
  'deviceValue',
  'rbacGroupName',
] as const;
export type MachineText = (typeof machineTexts)[number];

/** Times are ticks of 100 ns since 1970. */
export interface Machine {
  readonly id: string;
  /** The id is one of ours, made of the name, because no product has told another. */
  readonly isNameOnly: boolean;
  readonly firstSeenTicks: bigint;
  readonly lastSeenTicks: bigint;
  readonly texts: Readonly<Record<MachineText, string | null>>;
  readonly rbacGroupId: number | null;
  readonly osBuild: number | null;
  readonly osProcessor: string | null;
  readonly machineTags: readonly string[];
  /** Other documented members, as they came. */
  readonly extra: Members;
}

/** What somebody says of a machine: null and missing members say nothing. */
export interface MachineReport extends Omit<Machine, 'machineTags'> {
  /** Null when it says nothing of tags. */
  readonly machineTags: readonly string[] | null;
  /** Whether its tags are all that the machine has: those of an alert's device only tell of a machine without any. */
  readonly areTagsAll: boolean;
}

export const tagsMax = 200;
const textLengthMax = 500;

/** The id of a machine of which nothing but its name is known: 40 hex digits, as the documented ones are. */
export function nameOnlyId(computerDnsName: string): string {
  return createHash('sha1').update(`name/${computerDnsName.toLowerCase()}`).digest('hex');
}

/** What the device of an alert says at this time; undefined when it names no machine. */
export function reportOfDevice(device: AlertDevice, atTicks: bigint): MachineReport | undefined {
  const id = machineIdOf(device.mdatpDeviceId) ?? null;
  const name = textOf(device.deviceDnsName);
  if (id === null && name === null) return undefined;
  const firstSeen = ticksOf(device.firstSeen) ?? atTicks;
  const tags = tagsOf(device.tags);
  return {
    id: id ?? nameOnlyId(name ?? ''),
    isNameOnly: id === null,
    firstSeenTicks: firstSeen < atTicks ? firstSeen : atTicks,
    lastSeenTicks: atTicks,
    texts: textsOf({ ...device, computerDnsName: name }),
    rbacGroupId: wholeOf(device.rbacGroupId),
    osBuild: wholeOf(device.osBuild),
    osProcessor: textOf(device.osProcessor),
    // An alert's device always has a list; an empty one takes away nothing.
    machineTags: tags.length === 0 ? null : tags,
    areTagsAll: false,
    extra: extraOf(device),
  };
}

/** A sentence that says what is wrong. */
export interface MachineProblem {
  readonly reason: string;
}

export function isMachineProblem(result: MachineReport | MachineProblem): result is MachineProblem {
  return 'reason' in result;
}

/** A machine of the documented list. `id` and `lastSeen` must be there; a name that is known is kept with it. */
export function readMachine(value: unknown): MachineReport | MachineProblem {
  if (!isMembers(value)) return { reason: 'A machine must be an object.' };
  const id = machineIdOf(value.id);
  if (id === undefined) return { reason: 'id must be a text without blanks and slashes.' };
  const lastSeen = ticksOf(value.lastSeen);
  if (lastSeen === undefined) return { reason: 'lastSeen must be a time such as 2027-01-31T09:30:00.1234567Z.' };
  const firstSeen = isAbsent(value.firstSeen) ? lastSeen : ticksOf(value.firstSeen);
  if (firstSeen === undefined) return { reason: 'firstSeen must be a time such as 2027-01-31T09:30:00.1234567Z.' };
  const wrong = machineTexts.find(
    (name) => !isAbsent(value[name]) && value[name] !== '' && textOf(value[name]) === null,
  );
  if (wrong) return { reason: `${wrong} must be at most ${textLengthMax} printable characters.` };
  if (!isAbsent(value.machineTags) && !Array.isArray(value.machineTags)) {
    return { reason: 'machineTags must be a list.' };
  }
  return {
    id,
    isNameOnly: false,
    firstSeenTicks: firstSeen < lastSeen ? firstSeen : lastSeen,
    lastSeenTicks: lastSeen,
    texts: textsOf(value),
    rbacGroupId: wholeOf(value.rbacGroupId),
    osBuild: wholeOf(value.osBuild),
    osProcessor: textOf(value.osProcessor),
    machineTags: isAbsent(value.machineTags) ? null : tagsOf(value.machineTags),
    areTagsAll: true,
    extra: extraOf(value),
  };
}

/** What is known after a report: the later of the two counts, member by member, and the earlier one fills what it leaves open. */
export function mergedWith(known: Machine | undefined, report: MachineReport): Machine {
  if (!known) {
    const { areTagsAll: _areTagsAll, ...machine } = report;
    return { ...machine, machineTags: report.machineTags ?? [] };
  }
  const isLater = report.lastSeenTicks >= known.lastSeenTicks;
  const [later, earlier] = isLater ? [report, known] : [known, report];
  const texts = machineTexts.map((name) => [name, later.texts[name] ?? earlier.texts[name]]);
  return {
    ...(report.isNameOnly ? idOf(known) : idOf(report)),
    firstSeenTicks: report.firstSeenTicks < known.firstSeenTicks ? report.firstSeenTicks : known.firstSeenTicks,
    lastSeenTicks: later.lastSeenTicks,
    texts: Object.fromEntries(texts) as Machine['texts'], // Every name has its entry.
    rbacGroupId: later.rbacGroupId ?? earlier.rbacGroupId,
    osBuild: later.osBuild ?? earlier.osBuild,
    osProcessor: later.osProcessor ?? earlier.osProcessor,
    machineTags: (isLater ? tagsAfter(known, report) : null) ?? known.machineTags,
    // In one order whichever is later, so that hearing the same again changes nothing.
    extra: isLater ? { ...known.extra, ...report.extra } : { ...known.extra, ...absentIn(known.extra, report.extra) },
  };
}

/** Null when the report leaves them as they are. */
function tagsAfter(known: Machine, { machineTags, areTagsAll }: MachineReport): readonly string[] | null {
  return areTagsAll || known.machineTags.length === 0 ? machineTags : null;
}

function idOf({ id, isNameOnly }: Pick<Machine, 'id' | 'isNameOnly'>): Pick<Machine, 'id' | 'isNameOnly'> {
  return { id, isNameOnly };
}

/** The documented record; what is not known is null. */
export function machineWire(machine: Machine): Members {
  const { texts } = machine;
  return {
    id: machine.id,
    computerDnsName: texts.computerDnsName,
    firstSeen: formatTicks(machine.firstSeenTicks),
    lastSeen: formatTicks(machine.lastSeenTicks),
    osPlatform: texts.osPlatform,
    osProcessor: machine.osProcessor,
    version: texts.version,
    lastIpAddress: texts.lastIpAddress,
    lastExternalIpAddress: texts.lastExternalIpAddress,
    osBuild: machine.osBuild,
    healthStatus: texts.healthStatus,
    deviceValue: texts.deviceValue,
    rbacGroupId: machine.rbacGroupId,
    rbacGroupName: texts.rbacGroupName,
    riskScore: texts.riskScore,
    exposureLevel: texts.exposureLevel,
    onboardingStatus: texts.onboardingStatus,
    aadDeviceId: texts.aadDeviceId,
    machineTags: machine.machineTags,
    ...machine.extra,
  };
}

/** Reads back what {@link machineWire} wrote. */
export function machineOfWire(wire: Members, isNameOnly: boolean): Machine {
  const report = readMachine(wire);
  if (isMachineProblem(report)) throw new Error(`A stored machine cannot be read: ${report.reason}`);
  return { ...mergedWith(undefined, report), isNameOnly };
}

function textsOf(given: Members): Machine['texts'] {
  const entries = machineTexts.map((name) => [name, textOf(given[name])]);
  return Object.fromEntries(entries) as Machine['texts']; // Every name has its entry.
}

/** Documented members that nothing is filtered by. */
const otherMembers = [
  'osVersion',
  'osArchitecture',
  'agentVersion',
  'defenderAvStatus',
  'isAadJoined',
  'isExcluded',
  'exclusionReason',
  'isPotentialDuplication',
  'mergedIntoMachineId',
  'managedBy',
  'managedByStatus',
  'ipAddresses',
  'loggedOnUsers',
  'vmMetadata',
];
const memberLengthMax = 4000;

function extraOf(given: Members): Members {
  return Object.fromEntries(
    otherMembers.flatMap((name) => {
      const value = given[name];
      const isKept = !isAbsent(value) && JSON.stringify(value).length <= memberLengthMax;
      return isKept ? [[name, value]] : [];
    }),
  );
}

function absentIn(known: Members, other: Members): Members {
  return Object.fromEntries(Object.entries(other).filter(([name]) => !Object.hasOwn(known, name)));
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** A short text on one line that every store takes; null for anything else. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value.length > textLengthMax) return null;
  return /\p{Cc}/u.test(value) || !value.isWellFormed() ? null : value;
}

/** What can stand in a path, in lower case, which may be longer. */
function machineIdOf(value: unknown): string | undefined {
  const id = textOf(textOf(value)?.toLowerCase());
  return id === null || /[\s/?#]/.test(id) ? undefined : id;
}

function wholeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

function ticksOf(value: unknown): bigint | undefined {
  return typeof value === 'string' ? parseTicks(value) : undefined;
}

function tagsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.map(textOf).filter((tag) => tag !== null))].slice(0, tagsMax);
}
