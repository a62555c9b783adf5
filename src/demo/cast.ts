// Who is in the demo: two organisations, and in each a person for every built-in role.
import { builtInRoles } from '../directory/role-table.ts';
import type { TenantId } from '../lib/ids.ts';
import type { DemoPerson } from './staff.ts';

/** The same everywhere, so that everybody who shows the demo talks of the same people and addresses. */
export const demoSeed = 'sallyport';

export interface CastTenant {
  /** Fixed, so that the demo's records are the same on every machine. */
  readonly id: TenantId;
  readonly number: number;
  readonly slug: string;
  readonly displayName: string;
  readonly domain: string;
  readonly isOperator: boolean;
  readonly people: readonly CastPerson[];
}

export interface CastPerson {
  readonly role: string;
  readonly userName: string;
  readonly displayName: string;
}

/** In the order of the role table. */
const contosoNames = [
  'Amara Okafor',
  'Ben Adler',
  'Chloé Martin',
  'Daichi Mori',
  'Elif Kaya',
  'Farid Rahimi',
  'Greta Holm',
  'Hugo Lambert',
  'Ines Carvalho',
  'Jun Park',
  'Katya Orlova',
  'Liam Byrne',
  'Mei Tanaka',
  'Noor Aziz',
  'Oskar Lind',
];

const fabrikamNames = [
  'Pia Rossi',
  'Quentin Moreau',
  'Raluca Popa',
  'Stefan Baran',
  'Tove Dahl',
  'Umut Demir',
  'Valeria Gatti',
  'Wen Chen',
  'Ximena Ortiz',
  'Yuki Ono',
  'Zoltan Kiss',
  'Aino Laine',
  'Bruno Sala',
  'Cleo Petit',
  'Dora Novak',
];

function people(names: readonly string[], domain: string): CastPerson[] {
  return builtInRoles.map((role, index) => {
    const displayName = names[index] ?? role.displayName;
    const account = displayName
      .normalize('NFD')
      .replace(/[^A-Za-z ]/g, '')
      .toLowerCase()
      .replaceAll(' ', '.');
    return { role: role.key, userName: `${account}@${domain}`, displayName };
  });
}

export const cast: readonly CastTenant[] = [
  {
    id: '5a11c0a5-0000-4000-8000-000000000001' as TenantId,
    number: 51_100_001,
    slug: 'contoso',
    displayName: 'Contoso Managed Security',
    domain: 'contoso.example',
    isOperator: true,
    people: people(contosoNames, 'contoso.example'),
  },
  {
    id: '5a11c0a5-0000-4000-8000-000000000002' as TenantId,
    number: 51_100_002,
    slug: 'fabrikam',
    displayName: 'Fabrikam',
    domain: 'fabrikam.example',
    isOperator: false,
    people: people(fabrikamNames, 'fabrikam.example'),
  },
];

/** The cast as the people of the records. */
export function castPeople(member: CastTenant): DemoPerson[] {
  return member.people.map(({ userName, displayName, role }) => ({
    userName,
    displayName,
    isAdministrator: role === 'global-administrator',
  }));
}
