// Records of the documented API (cloud-apps reference 2.5 to 2.7), as far as the pages read them.

interface Collaborator {
  readonly name: string;
  readonly isExternal: boolean;
}

/** A file, as far as the pages read it. Times are epoch milliseconds. */
export interface FileRecord {
  readonly _id: string;
  /** `<site>|<item>`. */
  readonly id: string;
  readonly appId: number;
  readonly appName: string | null;
  readonly instId: number;
  readonly name: string;
  readonly fileExtension: string | null;
  readonly fileSize: number | null;
  readonly mimeType: string | null;
  readonly ftype: number;
  readonly facl: number | null;
  readonly fstat: number;
  readonly createdDate: number | null;
  readonly modifiedDate: number | null;
  readonly lastNrtTimestamp: number;
  readonly alternateLink: string | null;
  readonly siteCollection: string | null;
  readonly filePath: string;
  readonly ownerAddress: string | null;
  readonly collaborators: readonly Collaborator[];
  readonly groups: readonly string[];
  readonly domains: readonly string[];
  readonly fTags: readonly string[];
}

interface AppInstance {
  readonly appId: number;
  readonly name: string | null;
  readonly instance: number;
}

/** An account in an app (type 1), or the person behind accounts (type 2). */
export interface AccountRecord {
  readonly _id: string;
  readonly type: number;
  readonly id: string;
  readonly displayName: string;
  readonly status: number;
  readonly isAdmin: boolean;
  readonly isExternal: boolean | null;
  readonly email: string | null;
  readonly domain: string | null;
  readonly identifiers: readonly string[];
  readonly appData: AppInstance | null;
  readonly subApps: readonly AppInstance[];
  readonly userGroups: readonly { readonly id: string; readonly name: string; readonly usersCount: number | null }[];
  /** ISO 8601. */
  readonly lastSeen: string | null;
  /** `<app>|<instance>|<id>`. */
  readonly ii: string;
}

interface RangeTag {
  readonly id: string;
  readonly name: string;
}

export interface RangeRecord {
  readonly _id: string;
  readonly name: string;
  readonly subnets: readonly { readonly originalString: string }[];
  readonly location: { readonly countryCode: string } | null;
  readonly organization: string | null;
  readonly tags: readonly RangeTag[];
  readonly category: number;
  readonly lastModified: number | null;
}

export interface PolicyRecord {
  readonly _id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly filters: Readonly<Record<string, unknown>> | null;
}
