// A machine as a row of DeviceInfo; a person of this server's directory, or a user that activities tell of, as a row of
// IdentityInfo (https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceinfo-table and …-identityinfo-table). A column
// holds what is known here; what is not stays empty.
import type { Somebody } from '../../directory/everybody.ts';
import type { SeenUser } from '../../entities/everybody.ts';
import { isoTime } from '../../lib/clock.ts';
import { formatTicks } from '../../lib/ticks.ts';
import type { Machine } from '../../machines/machine.ts';
import type { Fields } from './projected-rows.ts';

/** By which columns the rows of this server are told from those that somebody loads. */
export const ownRows = {
  DeviceInfo: { column: 'DiscoverySources', value: 'Sallyport machines' },
  IdentityInfo: { column: 'SourceSystem', value: 'Sallyport directory' },
  /** Also in IdentityInfo. */
  SeenUsers: { column: 'SourceSystem', value: 'Sallyport activities' },
} as const;

/** As the table spells what the list of machines spells otherwise. */
const onboarding: Readonly<Record<string, string>> = {
  onboarded: 'Onboarded',
  canbeonboarded: 'Can be onboarded',
  unsupported: 'Unsupported',
  insufficientinfo: 'Insufficient info',
};

export function deviceInfoOf(machine: Machine): Fields {
  const { texts, extra } = machine;
  const status = texts.onboardingStatus;
  return {
    Timestamp: formatTicks(machine.lastSeenTicks),
    DeviceId: machine.id,
    DeviceName: texts.computerDnsName,
    ClientVersion: text(extra.agentVersion),
    PublicIP: texts.lastExternalIpAddress,
    OSArchitecture: text(extra.osArchitecture),
    OSPlatform: texts.osPlatform,
    OSBuild: machine.osBuild,
    OSVersion: text(extra.osVersion),
    OSVersionInfo: texts.version,
    IsAzureADJoined: flag(extra.isAadJoined),
    AadDeviceId: texts.aadDeviceId,
    LoggedOnUsers: loggedOn(extra.loggedOnUsers),
    MachineGroup: texts.rbacGroupName,
    OnboardingStatus: status === null ? null : (onboarding[status.toLowerCase()] ?? status),
    SensorHealthState: texts.healthStatus,
    IsExcluded: flag(extra.isExcluded),
    ExclusionReason: text(extra.exclusionReason),
    ExposureLevel: texts.exposureLevel,
    AssetValue: texts.deviceValue,
    DeviceManualTags: machine.machineTags.length === 0 ? null : JSON.stringify(machine.machineTags),
    MergedToDeviceId: text(extra.mergedIntoMachineId),
    [ownRows.DeviceInfo.column]: ownRows.DeviceInfo.value,
    AdditionalFields: JSON.stringify({
      RiskScore: texts.riskScore,
      LastIpAddress: texts.lastIpAddress,
      FirstSeen: formatTicks(machine.firstSeenTicks),
      IsNameOnly: machine.isNameOnly,
    }),
  };
}

/** As the table has them; the list of machines calls the members otherwise. */
function loggedOn(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const users = value.filter((each) => typeof each === 'object' && each !== null) as Record<string, unknown>[]; // Checked.
  return JSON.stringify(
    users.map(({ accountName, domainName, accountSid }) => ({
      UserName: text(accountName),
      DomainName: text(domainName),
      Sid: text(accountSid),
    })),
  );
}

/** `at` is when the row is made, as Timestamp of this table is meant. */
export function identityOfPerson(person: Somebody, tenantId: string, at: number): Fields {
  return {
    Timestamp: isoTime(at),
    AccountObjectId: person.id,
    ...nameFields(person.userName),
    AccountDisplayName: person.displayName,
    Type: 'User',
    IsAccountEnabled: person.status === 'enabled',
    CreatedDateTime: isoTime(person.createdAt),
    DeletedDateTime: person.status === 'deleted' ? isoTime(person.statusChangedAt) : null,
    AssignedRoles: person.permanentRoles,
    PrivilegedEntraPimRoles: person.eligibleRoles,
    TenantMembershipType: 'Member',
    TenantId: tenantId,
    [ownRows.IdentityInfo.column]: ownRows.IdentityInfo.value,
  };
}

export function identityOfSeen(user: SeenUser, tenantId: string, at: number): Fields {
  const { status, isExternal } = user;
  return {
    Timestamp: isoTime(at),
    AccountObjectId: user.directoryId,
    ...nameFields(user.userName),
    Type: 'User',
    IsAccountEnabled: status === null ? null : status === 'active',
    DeletedDateTime: status === 'deleted' ? isoTime(user.statusAt) : null,
    TenantMembershipType: isExternal === null ? null : isExternal ? 'Guest' : 'Member',
    TenantId: tenantId,
    [ownRows.SeenUsers.column]: ownRows.SeenUsers.value,
  };
}

function nameFields(userName: string): Fields {
  const at = userName.lastIndexOf('@');
  if (at < 0) return { AccountName: userName };
  return { AccountUpn: userName, AccountName: userName.slice(0, at), AccountDomain: userName.slice(at + 1) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}
