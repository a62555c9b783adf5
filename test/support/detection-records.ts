// Provider's records for labelled cases of detections: as short as the mapper allows, one function a kind of act.
import { guidFrom } from '../../src/demo/seeded.ts';
import { dayMs, hourMs, minuteMs } from '../../src/lib/clock.ts';

export type Rec = Readonly<Record<string, unknown>> & { readonly at: number };

/** The labelled days begin here; what lies before is history. A Monday. */
export const dayZero = Date.UTC(2027, 2, 1);

let ids = 0;

function base(at: number, userName: string, address: string, rest: Record<string, unknown>): Rec {
  return {
    at,
    CreationTime: new Date(at).toISOString().slice(0, 23),
    Id: guidFrom(`labelled ${ids++}`),
    UserType: 0,
    UserKey: 'key',
    UserId: userName,
    ...(address === '' ? {} : { ClientIP: address }),
    ...rest,
  };
}

const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36';

export function signIn(at: number, userName: string, address: string, error = ''): Rec {
  return base(at, userName, address, {
    Operation: error === '' ? 'UserLoggedIn' : 'UserLoginFailed',
    RecordType: 15,
    Workload: 'AzureActiveDirectory',
    ResultStatus: error === '' ? 'Success' : 'Failed',
    ApplicationId: '00000002-0000-0ff1-ce00-000000000000',
    ObjectId: '00000002-0000-0ff1-ce00-000000000000',
    ExtendedProperties: [{ Name: 'UserAgent', Value: agent }],
    ErrorNumber: error === '' ? '0' : '50126',
    ...(error === '' ? {} : { LogonError: error }),
  });
}

export const wrongPassword = 'InvalidUserNameOrPassword';
export const asksForMore = 'UserStrongAuthClientAuthNRequiredInterrupt';

export interface FileAct {
  readonly operation?: string;
  readonly file?: string;
  readonly sharedWith?: string;
}

export function file(at: number, userName: string, address: string, act: FileAct = {}): Rec {
  const name = act.file ?? 'Plan.docx';
  return base(at, userName, address, {
    Operation: act.operation ?? 'FileAccessed',
    RecordType: 6,
    Workload: 'SharePoint',
    ItemType: 'File',
    Site: guidFrom('site'),
    SiteUrl: 'https://sharepoint.contoso.example/sites/Team/',
    ObjectId: `https://sharepoint.contoso.example/sites/Team/Documents/${name}`,
    ListItemUniqueId: guidFrom(`item ${name}`),
    SourceFileName: name,
    UserAgent: agent,
    ...(act.sharedWith === undefined ? {} : { TargetUserOrGroupName: act.sharedWith }),
  });
}

export function cmdlet(
  at: number,
  userName: string,
  address: string,
  operation: string,
  parameters: Readonly<Record<string, string>>,
  rest: Record<string, unknown> = {},
): Rec {
  return base(at, userName, address, {
    Operation: operation,
    RecordType: 1,
    Workload: 'Exchange',
    ResultStatus: 'True',
    ObjectId: parameters.Identity ?? userName,
    Parameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
    ...rest,
  });
}

export function directory(
  at: number,
  userName: string,
  address: string,
  operation: string,
  rest: Record<string, unknown>,
): Rec {
  return base(at, userName, address, {
    Operation: operation,
    RecordType: 8,
    Workload: 'AzureActiveDirectory',
    ResultStatus: 'Success',
    ObjectId: 'Not Available',
    ...rest,
  });
}

/** What a person ordinarily does: on every working day of these, a sign-in in the morning and some work. */
export function habit(userName: string, address: string, days: number, until = dayZero, skip = 0): Rec[] {
  const records: Rec[] = [];
  for (let day = days; day > skip; day--) {
    const midnight = Math.floor(until / dayMs) * dayMs - day * dayMs;
    const weekday = new Date(midnight).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    const morning = midnight + 8 * hourMs + ((day * 7) % 50) * minuteMs;
    records.push(signIn(morning, userName, address), file(morning + 90 * minuteMs, userName, address));
  }
  return records;
}

/** One after the other, each so much later. */
export function series(count: number, from: number, stepMs: number, make: (at: number, index: number) => Rec): Rec[] {
  return Array.from({ length: count }, (_, index) => make(from + index * stepMs, index));
}
