// Browser, operating system and kind of device out of a user agent text, and the tags of the documented service
// (cloud-apps reference 2.3). Results are remembered: a tenant's people use few programs.
import Bowser from 'bowser';
import { Recent } from '../../lib/recent.ts';
import { wordCode } from '../record-text.ts';

export type DeviceType = 'DESKTOP' | 'MOBILE' | 'TABLET' | 'OTHER';

export interface UserAgent {
  readonly deviceType: DeviceType;
  readonly tags: readonly string[];
  /** The wire's `userAgent`, as the store keeps it, with the brace that closes the member before. */
  readonly piece: string;
}

export const userAgentTags = {
  nativeClient: '000000000000000000000000',
  outdatedBrowser: '000000010000000000000000',
  outdatedSystem: '000000020000000000000000',
  robot: '0000002b0000000000000000',
} as const;

/**
 * Versions that get no security updates any more count as outdated: for browsers the oldest major version that still
 * has them on some supported system (Chrome and Edge 109: Windows Server 2012 R2; Firefox 115: its extended release),
 * for systems the version below which the maker supports none. Names are those of the bowser package; Internet Explorer
 * is outdated in every version. macOS 10.15 and Android 10 are what current browsers report whatever they run on.
 */
const oldestBrowser: ReadonlyMap<string, number> = new Map([
  ['Chrome', 109],
  ['Microsoft Edge', 109],
  ['Firefox', 115],
  ['Safari', 15],
  ['Opera', 95],
  ['Internet Explorer', Number.POSITIVE_INFINITY],
]);
const oldestSystem: ReadonlyMap<string, number> = new Map([
  ['Windows', 10],
  ['macOS', 10.15],
  ['Android', 10],
  ['iOS', 15],
  ['Windows Phone', Number.POSITIVE_INFINITY],
]);

/** Programs that are no browser, by what their user agent contains; the first that fits names it. */
const nativeClients: readonly (readonly [RegExp, string])[] = [
  [/onedrive|skydrivesync/i, 'Microsoft OneDrive for Business'],
  [/teams\/|skypespaces|teamsmiddletier/i, 'Microsoft Teams'],
  [/activesync|airsync/i, 'Exchange ActiveSync'],
  [/outlook|msexchangerpc|mapihttp|mailboxassistants/i, 'Microsoft Outlook'],
  [/microsoft office|mso \d|ms-office/i, 'Microsoft Office'],
  [/powershell/i, 'PowerShell'],
];

const word = {
  begin: wordCode('},"userAgent":{"family":'),
  system: wordCode(',"operatingSystem":{"name":'),
  usualEnd: wordCode(',"deviceType":"DESKTOP","nativeBrowser":false,"tags":[]}'),
} as const;

const parseCharsMax = 512;
const remembered = new Recent<string, UserAgent>(2000);

/** Never throws; the same text gives the same object while it is remembered. */
export function readUserAgent(text: string): UserAgent {
  const known = remembered.get(text);
  if (known) return known;
  const agent = parse(text.slice(0, parseCharsMax));
  remembered.set(text, agent);
  return agent;
}

function parse(text: string): UserAgent {
  const native = nativeClients.find(([pattern]) => pattern.test(text))?.[1];
  const summary = /^;([^;]*);([^;]*);$/.exec(text);
  if (summary && native === undefined) return fromSummary(summary[1] ?? '', summary[2] ?? '');
  // Exchange writes "Client=OWA;Mozilla/5.0 ...": the browser's own text follows.
  const browserText = text.slice(Math.max(0, text.indexOf('Mozilla/')));
  const { browser, os, platform } = Bowser.parse(browserText === '' ? '-' : browserText);
  const isRobot = platform.type === 'bot';
  const isNative = !isRobot && (native !== undefined || !browserText.startsWith('Mozilla/'));
  const name = native ?? (isNative ? firstProduct(text) : (browser.name ?? 'Unknown'));
  const version = isNative ? '' : (browser.version ?? '');
  const system = os.name ?? 'Unknown';
  // Windows 7 calls itself NT 6.1; people and rules call it 7.
  const systemVersion = (system === 'Windows' && os.versionName) || (os.version ?? '').replace(/^NT /, '');
  return describe({ name, version, system, systemVersion, platform: platform.type, isNative, isRobot });
}

/** `;Windows 10;Chrome 91.0;`: all that some sign-in records tell. */
function fromSummary(systemText: string, browserText: string): UserAgent {
  const [, system = '', systemVersion = ''] = /^([A-Za-z ]*?) ?([\d.]*)$/.exec(systemText) ?? [];
  const [, name = '', version = ''] = /^(.*?) ?([\d.]*)$/.exec(browserText) ?? [];
  const isPhone = /ios|android|phone/i.test(system);
  const platform = system === '' ? undefined : isPhone ? 'mobile' : 'desktop';
  const known = name === '' ? 'Unknown' : name.toWellFormed();
  return describe({
    name: known,
    version,
    system: system || 'Unknown',
    systemVersion,
    platform,
    isNative: false,
    isRobot: false,
  });
}

interface Parts {
  readonly name: string;
  readonly version: string;
  readonly system: string;
  readonly systemVersion: string;
  readonly platform: string | undefined;
  readonly isNative: boolean;
  readonly isRobot: boolean;
}

function describe({ name, version, system, systemVersion, platform, isNative, isRobot }: Parts): UserAgent {
  const [major = '', minor = ''] = version.split('.');
  const tags: string[] = [];
  if (isNative) tags.push(userAgentTags.nativeClient);
  if (!isNative && isOlder(oldestBrowser, name, major)) tags.push(userAgentTags.outdatedBrowser);
  if (isOlder(oldestSystem, system, systemVersion)) tags.push(userAgentTags.outdatedSystem);
  if (isRobot) tags.push(userAgentTags.robot);
  const family = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const type = isRobot ? 'Robot' : isNative ? 'Application' : 'Browser';
  const device = deviceType(platform);
  const versions = version === '' ? {} : { major, minor, version };
  const known = system === 'Unknown' ? system : `${system} ${systemVersion}`.trim();
  const members = JSON.stringify({
    name,
    browser: family,
    ...versions,
    os: system === 'Unknown' ? 'OTHER' : system.toLowerCase(),
  });
  const systemMembers = JSON.stringify({ family: system, ...(systemVersion === '' ? {} : { version: systemVersion }) });
  const isUsual = device === 'DESKTOP' && !isNative && tags.length === 0;
  const end = isUsual
    ? word.usualEnd
    : `,"deviceType":"${device}","nativeBrowser":${isNative},"tags":${JSON.stringify(tags)}}`;
  return {
    deviceType: device,
    tags,
    piece:
      `${word.begin}"${family}",${members.slice(1, -1)}${word.system}${JSON.stringify(known)},${systemMembers.slice(1)}` +
      `,"type":"${type}","typeName":"${type}"${end}`,
  };
}

function deviceType(platform: string | undefined): DeviceType {
  switch (platform) {
    case 'desktop':
      return 'DESKTOP';
    case 'mobile':
      return 'MOBILE';
    case 'tablet':
      return 'TABLET';
    default:
      return 'OTHER';
  }
}

/** `SkyDriveSync` of `SkyDriveSync/17.3 (...)`; well formed, because it goes to the wire. */
function firstProduct(text: string): string {
  const product = /^(?:Client=)?([^/;()\s]{1,60})/.exec(text)?.[1];
  return product === undefined ? 'Unknown' : product.toWellFormed();
}

function isOlder(oldest: ReadonlyMap<string, number>, name: string, version: string): boolean {
  const bound = oldest.get(name);
  if (bound === undefined) return false;
  if (bound === Number.POSITIVE_INFINITY) return true;
  // Windows XP and Vista have names instead of numbers.
  if (name === 'Windows' && /^[A-Z]/.test(version)) return !version.startsWith('NT 1');
  const number = Number.parseFloat(version);
  return Number.isFinite(number) && number < bound;
}
