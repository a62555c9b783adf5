// Traffic logs as appliances write them, in any size: a few thousand people, each with habits, and hosts of which most belong
// to known apps. The same every time.
import { openCatalog } from '../../src/discovery/catalog/catalog.ts';

export type BenchLog = 'SQUID_NATIVE' | 'GENERIC_W3C' | 'GENERIC_CEF' | 'FORTIGATE';

const userCount = 2000;
const hostCount = 2000;
const favouritesPerUser = 120;
const blockBytes = 1_048_576;
const day = Date.UTC(2026, 10, 20);

/** Numbers that look random; the same ones every time (xorshift, 32 bits). */
class Dice {
  #state = 0x9e3779b9;

  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }

  /** Small ones are much more frequent than large ones. */
  skewed(limit: number): number {
    return Math.floor((this.below(65_536) / 65_536) ** 3 * limit);
  }
}

/** Four of five are of known apps, under names that their servers have. */
export async function benchHosts(): Promise<string[]> {
  const apps = (await openCatalog()).apps();
  const dice = new Dice();
  const servers = ['www', 'api', 'cdn', 'static', 'login', 'eu-west-1.app', 'telemetry', 'assets2'];
  return Array.from({ length: hostCount }, (_, index) => {
    const server = servers[dice.below(servers.length)] ?? 'www';
    if (index % 5 === 4) return `${server}.site-${index}.${index % 2 === 0 ? 'com' : 'co.uk'}`;
    const domains = apps[dice.below(apps.length)]?.domains ?? [];
    return `${server}.${domains[dice.below(Math.max(domains.length, 1))] ?? `site-${index}.net`}`;
  });
}

interface Visit {
  readonly time: number;
  readonly user: string;
  readonly client: string;
  readonly host: string;
  readonly server: string;
  readonly path: string;
  readonly sent: number;
  readonly received: number;
  readonly isBlocked: boolean;
  readonly port: number;
}

/** The lines of a log of about so many bytes, in blocks. */
export function* benchLog(kind: BenchLog, hosts: readonly string[], bytes: number): Generator<Buffer> {
  const dice = new Dice();
  const write = writers[kind];
  const people = new People(dice, hosts);
  const lineBytes = write(people.visit(day)).length;
  const step = 80_000_000 / (bytes / lineBytes);
  let text = kind === 'GENERIC_W3C' ? w3cHeader : '';
  for (let [written, time] = [0, day]; written < bytes; time += step) {
    text += write(people.visit(Math.floor(time)));
    if (text.length < blockBytes && written + text.length < bytes) continue;
    written += text.length;
    yield Buffer.from(text, 'latin1');
    text = '';
  }
}

const paths = [
  '/',
  '/index.html',
  '/api/v2/items',
  '/static/js/main.3f2a9c.chunk.js',
  '/images/2026/11/header-large.png',
];

/** A page that somebody has opened: a few hosts, and some more requests to them. */
interface Page {
  readonly user: number;
  readonly hosts: readonly number[];
  left: number;
}

const pagesAtOnce = 150;
const hostsPerPage = 6;

/** Who visits what: many people at once, each of whom opens pages of a few hosts each, mostly the same ones. */
class People {
  readonly #dice: Dice;
  readonly #hosts: readonly string[];
  readonly #favourites: readonly (readonly number[])[];
  readonly #pages: Page[];

  constructor(dice: Dice, hosts: readonly string[]) {
    this.#dice = dice;
    this.#hosts = hosts;
    this.#favourites = Array.from({ length: userCount }, () =>
      Array.from({ length: favouritesPerUser }, () => dice.skewed(hosts.length)),
    );
    this.#pages = Array.from({ length: pagesAtOnce }, () => this.#open());
  }

  #open(): Page {
    const dice = this.#dice;
    const user = dice.below(userCount);
    const favourites = this.#favourites[user] ?? [];
    const hosts = Array.from({ length: hostsPerPage }, () => favourites[dice.skewed(favouritesPerUser)] ?? 0);
    return { user, hosts, left: 5 + dice.skewed(120) };
  }

  visit(time: number): Visit {
    const dice = this.#dice;
    const place = dice.below(pagesAtOnce);
    let page = this.#pages[place];
    if (!page || page.left-- === 0) {
      page = this.#open();
      this.#pages[place] = page;
    }
    const { user } = page;
    const number = page.hosts[dice.skewed(hostsPerPage)] ?? 0;
    return {
      time,
      user: `user${user}`,
      client: `10.${user >> 8}.${user & 255}.${1 + (user % 250)}`,
      host: this.#hosts[number] ?? 'www.example.com',
      server: `198.51.${100 + (number >> 8)}.${number & 255}`,
      path: `${paths[dice.below(paths.length)] ?? '/'}?v=${dice.below(1_000_000)}&session=${dice.below(4_000_000_000).toString(16)}`,
      sent: 300 + dice.skewed(20_000),
      received: 500 + dice.skewed(2_000_000),
      isBlocked: dice.below(50) === 0,
      port: 20_000 + dice.below(40_000),
    };
  }
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const dateOf = (time: number): string => {
  const at = new Date(time);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
};
const clockOf = (time: number): string => {
  const seconds = Math.floor(time / 1000) % 86_400;
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};
const agent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

const w3cHeader = `#Software: SGOS 7.3.6.1
#Version: 1.0
#Date: ${dateOf(day)} ${clockOf(day)}
#Fields: date time time-taken c-ip cs-username sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query s-hierarchy s-supplier-name rs(Content-Type) cs(User-Agent) sc-filter-result cs-categories x-virus-id s-ip
`;

/** One line each. The fields are those that the vendors' pages describe. */
const writers: Readonly<Record<BenchLog, (visit: Visit) => string>> = {
  SQUID_NATIVE: (v) => {
    const result = v.isBlocked ? 'TCP_DENIED/403' : v.sent % 3 === 0 ? 'TCP_MISS/200' : 'TCP_TUNNEL/200';
    const target = v.sent % 3 === 0 ? `GET http://${v.host}${v.path}` : `CONNECT ${v.host}:443`;
    return `${(v.time / 1000).toFixed(3)} ${String(v.sent % 3000).padStart(6)} ${v.client} ${result} ${v.received} ${target} ${v.user} HIER_DIRECT/${v.server} ${v.sent % 3 === 0 ? 'text/html' : '-'}\n`;
  },
  GENERIC_W3C: (v) =>
    `${dateOf(v.time)} ${clockOf(v.time)} ${v.sent % 900} ${v.client} ${v.user} ${v.isBlocked ? '403 TCP_DENIED' : '200 TCP_NC_MISS'} ${v.received} ${v.sent} GET https ${v.host} 443 ${v.path.replace('?', ' ?')} - ${v.host} text/html;%20charset=utf-8 "${agent}" ${v.isBlocked ? 'DENIED' : 'OBSERVED'} "Technology/Internet;Business/Economy" - 192.0.2.10\n`,
  GENERIC_CEF: (v) =>
    `CEF:0|Example|Web Gateway|9.2|100|Web request|3|rt=${v.time} src=${v.client} spt=${v.port} suser=${v.user} dhost=${v.host} dst=${v.server} dpt=443 request=https://${v.host}${v.path.replaceAll('=', '\\=')} requestMethod=GET requestClientApplication=${agent} app=HTTPS act=${v.isBlocked ? 'blocked' : 'allowed'} in=${v.received} out=${v.sent} cs1=Technology cs1Label=Category cn1=200 cn1Label=Status\n`,
  FORTIGATE: (v) =>
    `date=${dateOf(v.time)} time=${clockOf(v.time)} devname="FGT-HQ-01" devid="FG200E4Q17000000" eventtime=${v.time}000000 tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=${v.client} srcport=${v.port} srcintf="port3" srcintfrole="lan" dstip=${v.server} dstport=443 dstintf="wan1" dstintfrole="wan" srccountry="Reserved" dstcountry="United States" sessionid=${v.port * 7919} proto=6 action="${v.isBlocked ? 'deny' : 'close'}" policyid=12 policytype="policy" poluuid="0e1d2c3b-4a59-51ee-8f6a-2b9f0c1d3e4f" user="${v.user}" group="Staff" authserver="AD" service="HTTPS" trandisp="snat" transip=203.0.113.9 transport=${v.port} appcat="unscanned" duration=${v.sent % 300} sentbyte=${v.sent} rcvdbyte=${v.received} sentpkt=${v.sent >> 7} rcvdpkt=${v.received >> 10} hostname="${v.host}" utmaction="allow" countweb=1\n`,
};
