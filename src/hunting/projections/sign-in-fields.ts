// A sign-in of the unified audit log (STS logon schema, RecordType 9 and 15) as a row of EntraIdSignInEvents. The audit log
// says less of a sign-in than the sign-in log does: risk, conditional access and the authentication's steps stay empty.
import { pairValue, piece } from '../../activities/unified-audit/fields.ts';
import type { ActivityFacts, StoredActivityRow } from './activity-rows.ts';
import type { Fields } from './projected-rows.ts';

export function signInFields(activity: StoredActivityRow, facts: ActivityFacts, provider: unknown): Fields {
  const record = provider as Fields; // The provider's record is an object: envelope.ts.
  const device = (name: string) => pairValue(record.DeviceProperties, name);
  return {
    Timestamp: facts.time,
    Application: piece(record.ApplicationDisplayName),
    ApplicationId: piece(record.ApplicationId),
    ErrorCode: errorCode(record, facts),
    CorrelationId: piece(record.InterSystemsId),
    RequestId: piece(record.IntraSystemId),
    SessionId: device('SessionId'),
    AccountObjectId: facts.accountObjectId,
    AccountUpn: activity.userName.includes('@') ? activity.userName : '',
    IsExternalUser: facts.isExternal === null ? -1 : Number(facts.isExternal),
    ResourceId: piece(record.ObjectId),
    ResourceTenantId: piece(record.TargetContextId),
    DeviceName: device('DisplayName'),
    EntraIdDeviceId: device('Id'),
    OSPlatform: device('OS') || facts.system,
    DeviceTrustType: device('TrustType'),
    // A device may be managed without being both.
    IsManaged: flag(device('IsCompliantAndManaged')) === 1 ? 1 : null,
    IsCompliant: flag(device('IsCompliant')),
    UserAgent: activity.userAgent,
    Browser: device('BrowserType') || facts.browser,
    IPAddress: activity.ipAddress,
    Country: activity.countryCode,
    ReportId: activity.id,
  };
}

/** 0 for a success; a failure whose number the record does not tell has none. */
function errorCode(record: Fields, { isSuccess }: ActivityFacts): number | null {
  const number = piece(record.ErrorNumber) || piece(record.ErrorCode);
  if (/^\d{1,9}$/.test(number)) return Number(number);
  return isSuccess === true ? 0 : null;
}

function flag(text: string): number | null {
  const folded = text.toLowerCase();
  return folded === 'true' ? 1 : folded === 'false' ? 0 : null;
}
