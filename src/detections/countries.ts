// How far two countries are apart at least. Activities tell the country of an address and no better, so each country is
// taken for a circle in which nearly all of its people live: middle and reach below, rounded up. What is left between
// two circles is a distance that hardly anybody avoids, wherever in the two countries they were.

/**
 * Code, latitude and longitude of the middle in degrees, reach in km; own estimates from general geography. Parts far
 * away with few people (Siberia, the Canary Islands, Alaska) are left out, since a circle around them would say nothing.
 */
const table = `
AD 42.5 1.6 30|AE 24 54 330|AF 33.8 66 750|AG 17.1 -61.8 50|AI 18.2 -63.1 30|AL 41 20 190|AM 40.2 45 200|AO -12.3 17.5 850
AR -36 -64 1950|AS -14.3 -170.7 100|AT 47.6 13.5 330|AU -25 134 2150|AW 12.5 -70 30|AX 60.2 20 60|AZ 40.3 47.7 300
BA 44 17.8 200|BB 13.2 -59.5 30|BD 23.8 90.3 380|BE 50.6 4.7 170|BF 12.3 -1.7 450|BG 42.7 25.3 280|BH 26 50.5 60
BI -3.4 29.9 150|BJ 9.5 2.3 380|BL 17.9 -62.8 20|BM 32.3 -64.8 30|BN 4.5 114.6 100|BO -17 -65 900|BQ 12.2 -68.3 60
BR -14 -49 2200|BS 24.5 -76 450|BT 27.4 90.4 180|BW -22.2 24 600|BY 53.5 28 350|BZ 17.2 -88.7 170|CA 50 -92 2800
CC -12.2 96.8 30|CD -2.9 23.7 1400|CF 6.6 20.5 800|CG -0.8 15.2 650|CH 46.8 8.2 200|CI 7.6 -5.6 420|CK -21.2 -159.8 700
CL -35 -71 1800|CM 5.7 12.7 700|CN 33 110 1700|CO 4 -73 950|CR 10 -84.2 250|CU 21.5 -79.5 620|CV 15.9 -24 180|CW 12.2 -69 50
CY 35 33.2 130|CZ 49.8 15.5 280|DE 51.1 10.4 480|DJ 11.7 42.6 130|DK 56 10.5 250|DM 15.4 -61.4 40|DO 18.9 -70.5 210
DZ 28.2 2.6 1250|EC -1.5 -78.5 350|EE 58.7 25.5 220|EG 26.5 29.8 800|EH 24.2 -13.9 520|ER 15.4 38.8 520|ES 40 -3.7 550
ET 8.6 39.6 900|FI 62.5 25.5 450|FJ -17.8 178 450|FK -51.7 -59.4 150|FM 6.9 158.2 1900|FO 62 -6.9 70|FR 46.6 2.4 580
GA -0.6 11.8 450|GB 53.5 -2.2 600|GD 12.1 -61.7 40|GE 42.2 43.5 300|GF 4 -53 260|GG 49.5 -2.5 40|GH 8 -1.2 400|GI 36.1 -5.35 10
GL 69 -42 1500|GM 13.4 -15.4 190|GN 10.4 -10.9 450|GP 16.2 -61.5 60|GQ 1.7 10.4 600|GR 38.8 23.5 520|GT 15.7 -90.3 280
GU 13.4 144.8 40|GW 12 -15 210|GY 4.9 -58.9 500|HK 22.35 114.15 50|HN 14.8 -86.6 380|HR 45 16.4 330|HT 19 -72.8 190
HU 47.2 19.4 290|ID -2.3 118 2700|IE 53.2 -8.1 270|IL 31.4 35 260|IM 54.2 -4.5 40|IN 22.5 79.5 1900|IO -7.3 72.4 100
IQ 33 43.7 560|IR 32.5 54.3 1150|IS 65 -18.6 300|IT 42.8 12.3 650|JE 49.2 -2.1 20|JM 18.1 -77.3 130|JO 31.2 36.8 300
JP 36 137.5 1000|KE 0.5 37.8 650|KG 41.5 74.5 480|KH 12.7 105 320|KI 1.4 173 300|KM -12.2 44.3 130|KN 17.3 -62.7 40
KP 40.1 127.2 420|KR 36.3 127.8 400|KW 29.3 47.6 130|KY 19.4 -81 130|KZ 48 67.3 1600|LA 18.5 103.8 620|LB 33.9 35.9 120
LC 13.9 -61 30|LI 47.1 9.5 20|LK 7.6 80.7 260|LR 6.4 -9.3 320|LS -29.6 28.2 150|LT 55.3 23.9 220|LU 49.8 6.1 50|LV 56.9 24.9 260
LY 27 18 1000|MA 31.9 -6.3 900|MC 43.7 7.4 10|MD 47.2 28.5 210|ME 42.8 19.2 110|MF 18.1 -63.1 20|MG -19.4 46.7 850
MH 7.1 171 650|MK 41.6 21.7 120|ML 17.3 -3.5 1100|MM 21 96.5 1200|MN 46.8 103 1250|MO 22.2 113.5 20|MP 16 145.7 450
MQ 14.7 -61 50|MR 20.3 -10.3 850|MS 16.7 -62.2 20|MT 35.9 14.4 40|MU -20.3 57.6 600|MV 3.5 73.2 500|MW -13.2 34.3 480
MX 23.9 -102.5 1850|MY 4 109 1150|MZ -17.3 35.5 1150|NA -22.1 17.2 850|NC -21.3 165.7 300|NE 17.4 9.4 950|NF -29 168 20
NG 9.6 8.1 750|NI 12.9 -85 330|NL 52.2 5.4 190|NO 61.5 9.5 600|NP 28.2 83.9 480|NR -0.5 166.9 20|NU -19.05 -169.9 30
NZ -41.5 173 1200|OM 20.6 56.1 650|PA 8.5 -80.1 360|PE -9.2 -74.5 1100|PF -17 -144 1300|PG -6.5 145 1200|PH 12 122.5 1050
PK 29.9 69.4 1000|PL 52.1 19.4 400|PM 46.9 -56.3 40|PR 18.2 -66.4 130|PS 31.9 35.2 110|PT 39.6 -8 320|PW 7.4 134.5 550
PY -23.2 -58.4 560|QA 25.3 51.2 110|RE -21.1 55.5 50|RO 45.9 25 390|RS 44.2 20.8 270|RU 55.8 44 1300|RW -2 29.9 130
SA 24 45 1150|SB -8.9 159.6 800|SC -5.5 53 950|SD 16 30 1050|SE 60 16 650|SG 1.35 103.8 30|SH -15.9 -5.7 100|SI 46.1 14.8 150
SK 48.7 19.5 230|SL 8.6 -11.8 200|SM 43.9 12.5 20|SN 14.4 -14.5 380|SO 6 45.8 950|SR 4.1 -55.9 300|SS 7.3 30.2 700
ST 0.5 6.8 120|SV 13.7 -88.9 140|SX 18 -63.1 20|SY 35 38.5 420|SZ -26.6 31.5 100|TC 21.8 -71.8 70|TD 15.3 18.6 950|TG 8.6 1 320
TH 14.5 101 1000|TJ 38.5 71 380|TL -8.8 125.8 200|TM 39.1 59.4 650|TN 34.1 9.6 430|TO -20.5 -174.8 400|TR 39.1 35.2 900
TT 10.5 -61.3 110|TV -7.8 178.5 400|TW 23.7 121 250|TZ -6.3 34.8 750|UA 49 31.4 720|UG 1.3 32.4 380|US 39 -96 2300
UY -32.8 -56 330|UZ 41.8 63.1 850|VA 41.9 12.45 10|VC 13 -61.2 60|VE 7.1 -66.2 850|VG 18.5 -64.5 50|VI 18 -64.8 60
VN 16 106.3 950|VU -16.2 167.7 550|WF -13.8 -177.2 150|WS -13.8 -172.2 80|XK 42.6 20.9 100|YE 15.8 47.6 800|YT -12.8 45.2 30
ZA -29 25 1050|ZM -13.5 27.8 800|ZW -19 29.9 480`;

interface Circle {
  readonly latitude: number;
  readonly longitude: number;
  readonly reachKm: number;
}

/** By code. */
const circles: ReadonlyMap<string, Circle> = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((row): [string, Circle] => {
      const [code = '', latitude, longitude, reach] = row.split(' ');
      return [code, { latitude: Number(latitude), longitude: Number(longitude), reachKm: Number(reach) }];
    }),
);

const earthRadiusKm = 6371;

/**
 * Kilometres between two countries (ISO 3166-1 alpha-2, upper case) that lie between their nearest points at least; 0 for
 * neighbours and where a country is not known.
 */
export function distanceApartKm(one: string, other: string): number {
  const from = circles.get(one);
  const to = circles.get(other);
  if (!from || !to) return 0;
  return Math.max(0, Math.round(greatCircleKm(from, to) - from.reachKm - to.reachKm));
}

/** Haversine formula. */
function greatCircleKm(from: Circle, to: Circle): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const north = Math.sin(rad(to.latitude - from.latitude) / 2) ** 2;
  const east = Math.sin(rad(to.longitude - from.longitude) / 2) ** 2;
  const chord = north + Math.cos(rad(from.latitude)) * Math.cos(rad(to.latitude)) * east;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)));
}

const names = new Intl.DisplayNames(['en'], { type: 'region' });

/** `Japan (JP)`; the code alone when nobody knows a name for it. */
export function countryName(code: string): string {
  const name = /^[A-Z]{2}$/.test(code) ? names.of(code) : undefined;
  return name === undefined || name === code ? code : `${name} (${code})`;
}
