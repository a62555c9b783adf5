// One activity: what somebody did in a cloud app, as every part of the program sees it. `record` is the wire form that
// the cloud-apps surface sends (cloud-apps reference 2.3); the other members are what filters and policies look at.

export interface Activity {
  /** `<timestamp>_<provider's record id>`; the same provider record always gets the same id in its tenant. */
  readonly id: string;
  /** When it happened, epoch milliseconds. */
  readonly timestamp: number;
  /** When it came in, epoch milliseconds. */
  readonly created: number;
  /** Cloud app (the wire's `saas`), such as 20893 for Exchange Online. */
  readonly appId: number;
  readonly appName: string;
  /** Connected instance of that app (the wire's `inst`); 0 is the first. */
  readonly instance: number;
  /** The provider's own operation name, such as FileDownloaded. */
  readonly actionType: string;
  /** Category, such as EVENT_CATEGORY_LOGIN. */
  readonly eventType: string;
  /** The finer type, such as EVENT_AAD_LOGIN. */
  readonly eventTypeValue: string;
  readonly isAdminEvent: boolean;
  readonly isImpersonated: boolean;
  /** Actor's account name, lower case; empty when the record names none. */
  readonly userName: string;
  /** Part behind the @, lower case; empty when there is none. */
  readonly userDomain: string;
  /** Ids of built-in groups that the actor belongs to by the record itself (external user, application). */
  readonly userTags: readonly string[];
  readonly ipAddress: string | null;
  /** 0 None, 1 Corporate, 2 Administrative, 3 Risky, 4 VPN, 5 Cloud provider, 6 Other; null without an address. */
  readonly ipCategory: number | null;
  readonly ipTags: readonly string[];
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countryCode: string | null;
  readonly organization: string | null;
  readonly deviceType: 'DESKTOP' | 'MOBILE' | 'TABLET' | 'OTHER' | null;
  readonly userAgent: string | null;
  readonly userAgentTags: readonly string[];
  /** Accounts in any role (actor, target), each `<id>|<saas>|<inst>`, for the `entity` filter. */
  readonly entities: readonly string[];
  /** Ids and names of the objects that were acted on, for `activityObject`. */
  readonly objects: readonly string[];
  readonly fileIds: readonly string[];
  /** Ids of the policies that matched. */
  readonly policies: readonly string[];
  /** 0 Access control, 1 Session control, 2 App connector, 3 App connector analysis, 5 Discovery, 6 MDATP. */
  readonly source: number;
  /** Lower-case text that the `text` filter searches. */
  readonly searchText: string;
  /** The wire record as the store keeps it; `expandRecord` (record-text.ts) makes the JSON text of it. */
  readonly record: string;
}
