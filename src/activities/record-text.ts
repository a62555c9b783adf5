// How the store keeps a wire record: JSON text in which the words that every record has stand as two characters, U+0001
// and a letter. JSON text never holds a raw U+0001, so text without it is a record as it is. That halves what has to be
// compressed, written and read for each record, and putting the words back costs less than reading them would.

const mark = '\u0001';
const firstLetter = 33;

/** Stored records name words by their position: add at the end, never change, remove or move one. */
const words = [
  '{"_id":',
  ',"uid":',
  ',"tenantId":',
  ',"aadTenantId":',
  ',"timestamp":',
  ',"timestampRaw":',
  ',"instantiation":',
  ',"instantiationRaw":',
  ',"created":',
  ',"createdRaw":',
  ',"appId":',
  ',"saasId":',
  ',"srcAppId":11161,"appName":',
  ',"eventType":',
  ',"eventTypeValue":"',
  '","eventTypeName":"EVENT_CATEGORY_',
  '","genericEventType":"ENUM_ACTIVITY_GENERIC_TYPE_BASIC","severity":"INFO","source":2',
  '","genericEventType":"ENUM_ACTIVITY_GENERIC_TYPE_FAILED_LOGIN","severity":"INFO","source":2',
  ',"classifications":[],"description_id":"EVENT_DESCRIPTION_BASIC_EVENT"',
  ',"classifications":["access"],"description_id":"EVENT_DESCRIPTION_BASIC_EVENT"',
  ',"classifications":["access"],"description_id":"EVENT_DESCRIPTION_FAILED_LOGIN"',
  ',"description":',
  ',"description_metadata":{"target_object":',
  ',"operation_name":',
  ',"colon":": ","dash":"","event_category":',
  ',"colon":"","dash":"","event_category":',
  ',"activity_result_message":',
  '},"device":{"clientIP":',
  ',"userAgent":',
  ',"countryCode":',
  '},"location":{"countryCode":',
  ',"organizationSearchable":',
  ',"anonymousProxy":false,"isSatelliteProvider":false,"category":',
  ',"categoryValue":',
  ',"ipTags":',
  '},"internals":{"otherIPs":[',
  ']},"user":{"userName":',
  ',"userTags":',
  '},"failedUserData":{"userName":',
  '},"userAgent":{"family":',
  ',"operatingSystem":{"name":',
  ',"deviceType":"DESKTOP","nativeBrowser":false,"tags":[]}',
  ',"mainInfo":{"eventObjects":[',
  '{"objType":1,"role":3,"tags":[],"name":',
  '{"objType":6,"role":1,"tags":[],"name":',
  ',"id":',
  ',"serviceObjectType":',
  '{"objType":21,"role":4,"tags":',
  '{"objType":22,"role":3,"tags":[],"name":',
  '{"objType":23,"role":4,"tags":',
  ',"instanceId":0,"resolved":true,"saasId":11161,"id":',
  ',"instanceId":0,"resolved":false,"saasId":11161,"id":',
  '],"rawOperationName":',
  ',"prettyOperationName":',
  ',"type":"basic"',
  ',"type":"failedLogin"',
  ',"activityResult":{"isSuccess":true,"message":null}',
  '},"resolvedActor":{"id":',
  ',"saasId":"11161","instanceId":"0","tags":',
  ',"role":"4","resolved":true}',
  ',"entityData":{"0":{"displayName":',
  ',"id":{"id":',
  ',"saas":11161,"inst":0},"resolved":true}',
  ',"1":null,"2":',
  '{"displayName":',
  '},"rawDataJson":',
  ',"name":',
  ',"value":',
] as const;

export type RecordWord = (typeof words)[number];

/** The two characters that stand for a word. */
export function wordCode(word: RecordWord): string {
  return mark + String.fromCharCode(firstLetter + words.indexOf(word));
}

/** The wire record as JSON text, out of what is stored. */
export function expandRecord(stored: string): string {
  const parts = stored.split(mark);
  let text = parts[0] ?? '';
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index] ?? '';
    text += (words[part.charCodeAt(0) - firstLetter] ?? '') + part.slice(1);
  }
  return text;
}

const provided = wordCode('},"rawDataJson":');

export interface RecordParts {
  /** The wire record without the provider's record, as JSON text. */
  readonly wire: string;
  /** The provider's record as it wrote it, JSON text; null when the record says nothing of one, or was stored otherwise. */
  readonly provider: string | null;
}

/** A stored record taken apart, so that who needs one half need not read the other. */
export function takeApart(stored: string): RecordParts {
  // Behind this word stands the provider's record, and behind that the record's own brace.
  const at = stored.indexOf(provided);
  if (at < 0) return { wire: expandRecord(stored), provider: null };
  return { wire: `${expandRecord(stored.slice(0, at))}}}`, provider: stored.slice(at + provided.length, -1) };
}
