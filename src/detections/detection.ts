// A detection: a documented rule over stored activities that needs no training and keeps no state of its own. The event
// store is the memory, so that a range can be looked at again, in pieces or late, and gives the same findings.
import type { BatchRange } from '../activities/following.ts';
import type { AlertDevice, AlertEntity, AlertEvidence, Severity } from '../alerts/alert.ts';
import type { Services } from '../context.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Locator } from '../subnets/addresses.ts';

/** `low` raises least, `high` most (cloud-apps reference 5: sensitivity of anomaly detections). */
export const sensitivities = ['low', 'medium', 'high'] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** Activities that happened at from <= timestamp < to, epoch milliseconds: for a backfill or a dry run. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export type SceneRange = BatchRange | TimeRange;

/** Operations of one kind among the activities of the range. */
export interface SceneKind {
  readonly eventType: string;
  readonly actionType: string;
  readonly rows: number;
  /** Epoch milliseconds of the first and the last of them. */
  readonly first: number;
  readonly last: number;
}

/** An account of somebody who left. */
export interface TerminatedUser {
  /** User principal name. */
  readonly userName: string;
  /** Epoch milliseconds at which the person left; null when that was before all records. */
  readonly since: number | null;
}

/** What the organisation tells its detections; kept with the policy by whoever calls. */
export interface DetectionSettings {
  /** User principal names of accounts that nobody has a reason to use. */
  readonly decoyAccounts?: readonly string[];
  readonly terminatedUsers?: readonly TerminatedUser[];
}

/** What all detections look at together: one range of one tenant's activities and what is known around it now. */
export interface SceneBase {
  readonly services: Pick<Services, 'events'>;
  readonly tenantId: TenantId;
  readonly range: SceneRange;
  /** What is in the range, so that detections with nothing to look at ask nothing. */
  readonly kinds: readonly SceneKind[];
  /** The tenant's own domains, lower case. */
  readonly ownDomains: ReadonlySet<string>;
  /** Addresses as the tenant's IP ranges and the databases describe them now. */
  readonly locate: Locator;
}

export interface Scene extends SceneBase {
  readonly sensitivity: Sensitivity;
  readonly settings: DetectionSettings;
}

/** Something that a detection found. */
export interface Finding {
  /** The same finding has the same key, in whatever pieces and however often its activities are looked at. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly firstActivity: number;
  readonly lastActivity: number;
  /** At most {@link activityIdsMax}. */
  readonly activityIds: readonly string[];
  readonly entities: readonly AlertEntity[];
  readonly devices: readonly AlertDevice[];
  readonly evidence: readonly AlertEvidence[];
  /** Where this finding differs from its detection. */
  readonly severity?: Severity;
  readonly title?: string;
  readonly description?: string;
}

/** Ids of activities that a finding names at most. */
export const activityIdsMax = 100;
/** Findings of one detection over one range at most; the most telling come first. */
export const findingsMax = 500;

export interface Detection {
  /** Id of its policy: 24 hex digits, the same in every tenant and version. */
  readonly id: string;
  /** Such as impossible-travel: how commands and settings name it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `idValue` of its alerts on the cloud-apps surface; numbers from 9,000,001 on are ours. */
  readonly alertType: number;
  readonly severity: Severity;
  /** Defender category. */
  readonly category: string;
  /** `stories` and `intent` of the cloud-apps surface (reference 2.4). */
  readonly stories: readonly number[];
  readonly intents: readonly number[];
  readonly mitreTechniques: readonly string[];
  readonly defaultSensitivity: Sensitivity;
  find(scene: Scene): Promise<readonly Finding[]>;
}

/** Ids of the built-in policies. They are in stored alerts and in people's scripts: never change or reuse one. */
export const detectionIds = {
  impossibleTravel: '5a11de7ec71000000000a001',
  firstCountry: '5a11de7ec71000000000a002',
  riskyAddress: '5a11de7ec71000000000a003',
  failedSignIns: '5a11de7ec71000000000a004',
  passwordSpray: '5a11de7ec71000000000a005',
  massDownload: '5a11de7ec71000000000a006',
  massDeletion: '5a11de7ec71000000000a007',
  massSharing: '5a11de7ec71000000000a008',
  inboxForwarding: '5a11de7ec71000000000a009',
  adminRights: '5a11de7ec71000000000a00a',
  appCredentials: '5a11de7ec71000000000a00b',
  terminatedUser: '5a11de7ec71000000000a00c',
  decoyAccount: '5a11de7ec71000000000a00d',
} as const;
