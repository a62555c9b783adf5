// English names of countries: those of Unicode's CLDR, which the runtime brings, except where they say more than a name.

const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** Names by which the places are called in databases of addresses. */
const shorter: Readonly<Record<string, string>> = {
  CD: 'DR Congo',
  CG: 'Congo Republic',
  CI: 'Ivory Coast',
  HK: 'Hong Kong',
  MM: 'Myanmar',
  MO: 'Macao',
  PS: 'Palestine',
};

/** Undefined for a code that no country has. */
export function countryName(code: string): string | undefined {
  return shorter[code] ?? names.of(code)?.replace(' & ', ' and ');
}
