// An alert as every part of the program sees it: one record behind three wire shapes (cloud-apps reference 2.4, Defender
// reference 2.5 and 4, Graph alerts_v2). Surfaces translate; nothing here is spelled as one of them wants it.

export const severities = ['informational', 'low', 'medium', 'high'] as const;
export type Severity = (typeof severities)[number];

export const alertStatuses = ['new', 'inProgress', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

export const classifications = ['unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity'] as const;
export type Classification = (typeof classifications)[number];

/** How the cloud-apps surface says that an alert was closed; its numbers are the places in this list. */
export const resolutions = ['open', 'dismissed', 'resolved', 'falsePositive', 'benign', 'truePositive'] as const;
export type Resolution = (typeof resolutions)[number];

export interface AlertComment {
  readonly comment: string;
  /** User name, or the name of the app. */
  readonly createdBy: string;
  /** Ticks as text: lib/ticks.ts. */
  readonly createdTime: string;
}

/** JSON members that came from elsewhere and are sent on as they are. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * A thing that the alert is about, in the form of Defender reference 2.7 (`entityType` and its keys), kept with members
 * that nobody documented. Ours add: on `User` accountObjectId; on `Ip` countryCode; on `CloudApplication` appId (saas),
 * instanceId and appName; on `File` fileId; on any `evidenceRole` (Source, Related).
 */
export interface AlertEntity extends Members {
  readonly entityType: string;
}

/** A device in the form of Defender reference 2.6. */
export type AlertDevice = Members;

/** Why the alert was raised, in words, with what was counted or compared. */
export interface AlertEvidence {
  readonly text: string;
  readonly values?: Members;
}

/** What makes an alert, before it is stored. Times are ticks of 100 ns since 1970. */
export interface AlertDraft {
  /**
   * Known to clients of the Defender and Graph surfaces; unique in the tenant. Of a detection it is made from what was
   * found (see alertIdFor), so that the same finding is the same alert however often it is looked for.
   */
  readonly alertId: string;
  readonly title: string;
  /** Plain text; surfaces escape what their clients would take for markup. */
  readonly description: string;
  /** Defender category, such as InitialAccess. */
  readonly category: string;
  readonly severity: Severity;
  readonly createdTicks: bigint;
  readonly firstActivityTicks: bigint;
  readonly lastActivityTicks: bigint;
  /** As the Defender surface spells them: MicrosoftCloudAppSecurity, MCAS. */
  readonly serviceSource: string;
  readonly detectionSource: string;
  readonly detectorId: string | null;
  /** The policy behind it; null for alerts of other products. */
  readonly policyId: string | null;
  /** `idValue` of the cloud-apps surface. */
  readonly alertType: number;
  /** Risk categories (`stories`) and `intent` of the cloud-apps surface. */
  readonly stories: readonly number[];
  readonly intents: readonly number[];
  readonly mitreTechniques: readonly string[];
  readonly entities: readonly AlertEntity[];
  readonly devices: readonly AlertDevice[];
  /** Ids of the activities behind it, at most 100. */
  readonly activityIds: readonly string[];
  readonly evidence: readonly AlertEvidence[];
  /** Members of an alert of another product that we have no name for, as they came. */
  readonly extra: Members;
  /** What an ingested alert brings along of its life; our own begin new, unread and open. */
  readonly life?: Partial<AlertLife>;
}

/** What somebody who closes an alert lets the makers of its detection know (cloud-apps reference 2.4). */
export interface AlertFeedback {
  readonly text: string;
  readonly allowContact: boolean;
  readonly contactEmail: string | null;
}

/** What changes in an alert's life. */
export interface AlertLife {
  readonly status: AlertStatus;
  readonly resolution: Resolution;
  readonly isRead: boolean;
  readonly classification: Classification;
  /** Graph's spelling in camelCase, `unknown` when nobody said. */
  readonly determination: string;
  readonly assignedTo: string | null;
  readonly comments: readonly AlertComment[];
  /** Cloud-apps `reasonId` and comment of the closing. */
  readonly closeReason: number | null;
  readonly closeComment: string | null;
  readonly feedback: AlertFeedback | null;
  /** Who closed it. */
  readonly handledBy: string | null;
  readonly resolvedTicks: bigint | null;
  readonly updatedTicks: bigint;
  /** Null while correlation has not placed it, which no reader ever sees. */
  readonly incidentId: number | null;
}

/** What somebody changes in an alert's life; life.ts makes the rest agree with it. */
export type AlertLifeChange = Partial<Omit<AlertLife, 'updatedTicks' | 'incidentId'>>;

export interface Alert extends Omit<AlertDraft, 'life'>, AlertLife {
  /** 24 hex digits, the `_id` and pk of the cloud-apps surface. */
  readonly id: string;
}
