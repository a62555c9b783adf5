// The demo's two organisations: where their people sit, what they work on and with. All addresses and domains are those
// that are reserved for documentation (RFC 5737, RFC 3849, RFC 2606), so nobody real is in the story.
import type { NewSubnet } from '../subnets/subnets.ts';

export interface Office {
  readonly name: string;
  readonly countryCode: string;
  /** Hours that its clock is ahead of UTC. */
  readonly utcOffset: number;
  /** Addresses are this text with a number in place of the #. */
  readonly address: string;
  readonly addresses: readonly [least: number, most: number];
}

export interface World {
  readonly offices: readonly Office[];
  readonly vpn: Office;
  readonly abroad: Office;
  /** Where passwords are tried from. */
  readonly hostile: Office;
  /** Where a stolen session turns up. */
  readonly foreign: Office;
  /** A cloud in which anybody can run a program. */
  readonly hosting: Office;
  readonly sites: readonly string[];
  readonly teams: readonly string[];
  readonly colleagues: readonly string[];
  /** How many people there are at least. */
  readonly staffLeast: number;
  readonly partners: readonly string[];
  readonly subnets: readonly NewSubnet[];
}

const foreign: Office = {
  name: 'Auckland',
  countryCode: 'NZ',
  utcOffset: 12,
  address: '203.0.113.#',
  addresses: [194, 220],
};
const hosting: Office = { name: 'Cloud', countryCode: 'IE', utcOffset: 0, address: '192.0.2.#', addresses: [34, 46] };

/** Networks of which a replay takes one of its own, so that it can be told from the replay before (replay.ts). */
export const replayNetworks = { hostile: '2001:db8:bad', foreign: '2001:db8:f0' } as const;

const riskyTag = '000000030000000000000000';

const contoso: World = {
  offices: [
    { name: 'Seattle', countryCode: 'US', utcOffset: -8, address: '198.51.100.#', addresses: [2, 60] },
    { name: 'London', countryCode: 'GB', utcOffset: 0, address: '198.51.100.#', addresses: [66, 124] },
    { name: 'Berlin', countryCode: 'DE', utcOffset: 1, address: '2001:db8:c0::#', addresses: [10, 99] },
  ],
  vpn: { name: 'VPN', countryCode: 'NL', utcOffset: 0, address: '192.0.2.#', addresses: [4, 6] },
  abroad: { name: 'Tokyo', countryCode: 'JP', utcOffset: 9, address: '203.0.113.#', addresses: [161, 170] },
  hostile: { name: 'Proxy', countryCode: 'RU', utcOffset: 3, address: '203.0.113.#', addresses: [226, 250] },
  foreign,
  hosting,
  sites: ['Incident Response', 'Customers', 'Finance', 'People', 'Playbooks'],
  teams: ['SOC', 'Threat Intelligence', 'Sales', 'Engineering'],
  colleagues: [
    'Adele Ruiz',
    'Bilal Haddad',
    'Carla Nowak',
    'Dmitri Olsen',
    'Esi Mensah',
    'Finn Keller',
    'Grace Lindqvist',
    'Hana Sato',
    'Ivo Marin',
    'Jana Weiss',
    'Kofi Boateng',
    'Lena Fischer',
    'Marco Silva',
    'Nora Quinn',
  ],
  staffLeast: 27,
  partners: ['buyer@fabrikam.example', 'audit@northwind.example', 'press@woodgrove.example'],
  subnets: [
    subnet('Seattle office', ['198.51.100.0/26'], 1, [], 'Contoso Seattle', 'US'),
    subnet('London office', ['198.51.100.64/26'], 1, [], 'Contoso London', 'GB'),
    subnet('Berlin office', ['2001:db8:c0::/48'], 1, [], 'Contoso Berlin', 'DE'),
    subnet('VPN exit', ['192.0.2.0/28'], 4, [], 'Contoso VPN', 'NL'),
    subnet('Home and mobile', ['203.0.113.0/25'], 6, [], 'Example Broadband', 'US'),
    subnet('Hotel network', ['203.0.113.160/27'], 6, [], 'Example Hotels', 'JP'),
    ...subnetsOutside(),
  ],
};

const fabrikam: World = {
  offices: [
    { name: 'Milan', countryCode: 'IT', utcOffset: 1, address: '192.0.2.#', addresses: [130, 188] },
    { name: 'Madrid', countryCode: 'ES', utcOffset: 1, address: '192.0.2.#', addresses: [194, 250] },
  ],
  vpn: { name: 'VPN', countryCode: 'FR', utcOffset: 1, address: '198.51.100.#', addresses: [244, 246] },
  abroad: { name: 'São Paulo', countryCode: 'BR', utcOffset: -3, address: '203.0.113.#', addresses: [130, 150] },
  hostile: { name: 'Proxy', countryCode: 'RU', utcOffset: 3, address: '203.0.113.#', addresses: [226, 250] },
  foreign,
  hosting,
  sites: ['Design', 'Orders', 'Quality'],
  teams: ['Production', 'Purchasing'],
  colleagues: [
    'Paola Conti',
    'Quim Vidal',
    'Rosa Ibáñez',
    'Sandro Greco',
    'Teresa Blanco',
    'Ugo Ferri',
    'Vera Costa',
    'Xavi Pons',
  ],
  staffLeast: 13,
  partners: ['service@contoso.example', 'sales@tailspin.example'],
  subnets: [
    subnet('Milan plant', ['192.0.2.128/26'], 1, [], 'Fabrikam Milan', 'IT'),
    subnet('Madrid plant', ['192.0.2.192/26'], 1, [], 'Fabrikam Madrid', 'ES'),
    subnet('VPN exit', ['198.51.100.240/28'], 4, [], 'Fabrikam VPN', 'FR'),
    subnet('Home and mobile', ['203.0.113.0/25'], 6, [], 'Example Broadband', 'IT'),
    subnet('Hotel network', ['203.0.113.128/27'], 6, [], 'Example Hotels', 'BR'),
    ...subnetsOutside(),
  ],
};

function subnet(
  name: string,
  ranges: readonly string[],
  category: NewSubnet['category'],
  tags: readonly string[],
  organization: string,
  countryCode: string,
): NewSubnet {
  return { name, ranges, category, tags, organization, countryCode };
}

/** What is on the net besides, the same for everybody. */
function subnetsOutside(): readonly NewSubnet[] {
  return [
    subnet(
      'Known proxies',
      ['203.0.113.224/27', `${replayNetworks.hostile}::/48`],
      3,
      [riskyTag],
      'Example Hosting',
      'RU',
    ),
    subnet('Carrier abroad', ['203.0.113.192/27', `${replayNetworks.foreign}::/48`], 6, [], 'Example Carrier', 'NZ'),
    subnet('Cloud provider', ['192.0.2.32/28'], 5, [], 'Example Cloud', 'IE'),
  ];
}

export function worldOf(slug: string): World {
  return slug === 'fabrikam' ? fabrikam : contoso;
}

export const fileNames: readonly string[] = [
  'Quarterly figures.xlsx',
  'Customer list.xlsx',
  'Budget.xlsx',
  'Board minutes.docx',
  'Contract draft.docx',
  'Offer.docx',
  'Roadmap.pptx',
  'Network plan.vsdx',
  'Incident report.pdf',
  'Handbook.pdf',
  'Product photo.png',
  'Test results.csv',
];

export const subjects: readonly string[] = [
  'Agenda for Monday',
  'Invoice',
  'Re: Offer',
  'Holiday plan',
  'Minutes of the review',
  'Order confirmation',
  'Maintenance window',
  'Question about the contract',
];

export interface Device {
  readonly userAgent: string;
  readonly system: string;
  readonly browser: string;
  readonly platform: string;
}

/** The last one is out of date, and one person still uses it. */
export const devices: readonly Device[] = [
  {
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0',
    system: 'Windows10',
    browser: 'Edge',
    platform: 'WinDesktop',
  },
  {
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    system: 'MacOs',
    browser: 'Chrome',
    platform: 'MacOS',
  },
  {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    system: 'Linux',
    browser: 'Firefox',
    platform: 'Linux',
  },
  {
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    system: 'Ios 18.5',
    browser: 'Safari',
    platform: 'iOS',
  },
  {
    userAgent: 'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
    system: 'Windows 7',
    browser: 'InternetExplorer',
    platform: 'WinDesktop',
  },
];

export const syncClient = 'Microsoft SkyDriveSync 25.105.0601.0002 ship; Windows NT 10.0 (26100)';
