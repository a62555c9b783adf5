// What the documented agent calls apps and kinds of alerts, as far as it is published; for the rest the number stands.

/** From the published sample messages. */
const appNames: ReadonlyMap<number, string> = new Map([
  [10489, 'BOX'],
  [11114, 'SALESFORCE'],
  [11161, 'O365'],
  [14509, 'SERVICENOW'],
  [15600, 'ONEDRIVE'],
  [20893, 'OUTLOOK'],
]);

/** Such as APPID_OUTLOOK, or APPID_28375. */
export function appIdName(appId: number): string {
  return `APPID_${appNames.get(appId) ?? appId}`;
}

/** By `idValue`, from the published lists of alerts. */
const alertNames: ReadonlyMap<number, string> = new Map([
  [0xf0_00_01, 'ALERT_CABINET_EVENT_MATCH_AUDIT'],
  [0xf0_00_02, 'ALERT_CABINET_EVENT_MATCH_FILE'],
  [15_859_716, 'ALERT_ANUBIS_DETECTION_VELOCITY'],
  [9_000_001, 'ALERT_ANUBIS_DETECTION_NEW_COUNTRY'],
]);

/** By the type of the policy, for alerts whose number is not published. */
const policyAlertNames: ReadonlyMap<string, string> = new Map([
  ['NEW_SERVICE', 'ALERT_CABINET_DISCOVERY_NEW_SERVICE'],
  ['ANOMALY_DISCOVERY', 'ALERT_DISCOVERY_ANOMALY_DETECTION'],
  ['FILE', 'ALERT_CABINET_EVENT_MATCH_FILE'],
]);

/** Such as ALERT_CABINET_EVENT_MATCH_AUDIT, or ALERT_9000003. */
export function alertTypeName(idValue: number, policyType: string | undefined): string {
  return alertNames.get(idValue) ?? policyAlertNames.get(policyType ?? '') ?? `ALERT_${idValue}`;
}
