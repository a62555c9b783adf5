// Settings of policies, which the API keeps as an object of its own for each type: app discovery policies say reports,
// thresholds and a tag, detections whom they are told of.
export const measures = [
  'totalBytes',
  'uploadedBytes',
  'downloadedBytes',
  'transactions',
  'users',
  'addresses',
] as const;
export type Measure = (typeof measures)[number];

export function isOfBytes(measure: Measure): boolean {
  return measure.endsWith('Bytes');
}

/** A policy or a template. */
interface WithSettings {
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface AppSettings {
  readonly reports: readonly string[];
  readonly daily: Readonly<Partial<Record<Measure, number>>>;
  readonly tag: string | null;
}

/** Of an app discovery policy or a template of one. */
export function appSettingsOf({ settings }: WithSettings): AppSettings {
  const { reports, daily, tag } = settings as Partial<AppSettings>; // The API writes these for its type NEW_SERVICE.
  return { reports: reports ?? [], daily: daily ?? {}, tag: tag ?? null };
}

interface DetectionSettings {
  readonly decoyAccounts: readonly string[];
  readonly terminatedUsers: readonly { readonly userName: string; readonly since: string | null }[];
}

export function detectionSettingsOf({ settings }: WithSettings): DetectionSettings {
  const { decoyAccounts, terminatedUsers } = settings as Partial<DetectionSettings>; // The same for detections.
  return { decoyAccounts: decoyAccounts ?? [], terminatedUsers: terminatedUsers ?? [] };
}

/** The built-in detections that have to be told something, by their fixed ids; a test holds them to the server's. */
export const decoyDetection = '5a11de7ec71000000000a00d';
export const leaverDetection = '5a11de7ec71000000000a00c';
