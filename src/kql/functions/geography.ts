// Places on the earth by longitude and latitude in degrees: distances on a sphere, and geohashes. Whatever is no place is null.
// https://learn.microsoft.com/kusto/query/geo-distance-2points-function and its neighbours

import { asElement, asText, convert } from './conversions.ts';
import { type NumberAt, numbersAs } from './operand-numbers.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { always, entry, long, once, operand, refuse } from './sql.ts';

/** Metres. The sphere that the documented distances are measured on. */
const earthRadius = 6_371_010;

const realAt = numbersAs('real', convert);

export function isPlace(longitude: string, latitude: string): string {
  return `${longitude} BETWEEN -180 AND 180 AND ${latitude} BETWEEN -90 AND 90`;
}

/** The haversine of the angle between two places, and so their distance. */
export function distanceSql(
  [x1, y1, x2, y2]: readonly [x1: string, y1: string, x2: string, y2: string],
  real: (value: number) => string = (value) => (value === 1 ? '1' : `${value}::DOUBLE`),
): string {
  const half = (one: string, other: string): string => `pow(sin(radians(${other} - ${one}) / 2), 2)`;
  const chord = `${half(y1, y2)} + cos(radians(${y1})) * cos(radians(${y2})) * ${half(x1, x2)}`;
  return `(2 * ${real(earthRadius)} * asin(least(${real(1)}, sqrt(${chord}))))`;
}

/** Longitude and latitude of both places; only a sphere is measured on. */
export function placesOf(operands: readonly Operand[], call: Call, realAt: NumberAt): readonly string[] {
  const spheroid = operands[4];
  if (spheroid && spheroid.literal?.value !== false) return refuse(`${call.name} on a spheroid`, call);
  return [0, 1, 2, 3].map((at) => realAt(operands, at, call));
}

const distance: Emit = (operands, call) => {
  const places = placesOf(operands, call, realAt);
  return once(
    'g',
    places,
    (x1 = '', y1 = '', x2 = '', y2 = '') =>
      `(CASE WHEN ${isPlace(x1, y1)} AND ${isPlace(x2, y2)} THEN ${distanceSql([x1, y1, x2, y2])} END)`,
  );
};

const isInCircle: Emit = (operands, call) => {
  const given = [0, 1, 2, 3, 4].map((at) => realAt(operands, at, call));
  return once('g', given, (x1 = '', y1 = '', x2 = '', y2 = '', radius = '') => {
    const isKnown = `${isPlace(x1, y1)} AND ${isPlace(x2, y2)} AND ${radius} > 0`;
    return `(CASE WHEN ${isKnown} THEN ${distanceSql([x1, y1, x2, y2])} <= ${radius} END)`;
  });
};

/** Digits of a geohash: five bits each, of longitude and latitude in turn. https://en.wikipedia.org/wiki/Geohash */
export const digits = "'0123456789bcdefghjkmnpqrstuvwxyz'";
export const geohashLengthMax = 18;

/** The coordinate as a whole number of so many bits, of which the whole range is one more than the greatest. */
function cellNumber(value: string, half: number, bits: string): string {
  const cells = `(1::BIGINT << ${bits})`;
  return `least(floor((${value} + ${half}) / ${2 * half} * ${cells})::BIGINT, ${cells} - 1)`;
}

const toGeohash: Emit = (operands, call) => {
  const given = [realAt(operands, 0, call), realAt(operands, 1, call), operands[2]?.sql ?? long(5)];
  return once('g', given, (x = '', y = '', length = '') => {
    const [bitsX, bitsY] = [`((5 * ${length} + 1) // 2)::BIGINT`, `(5 * ${length} // 2)::BIGINT`];
    const cells = `struct_pack(x := ${cellNumber(x, 180, bitsX)}, y := ${cellNumber(y, 90, bitsY)})`;
    const at = '(5 * "@i" + "@j")';
    const ofX = `"@cell".x >> (${bitsX} - 1 - ${at} // 2)`;
    const ofY = `"@cell".y >> (${bitsY} - 1 - ${at} // 2)`;
    const bit = `(((CASE WHEN ${at} % 2 = 0 THEN ${ofX} ELSE ${ofY} END) & 1) << (4 - "@j"))`;
    const value = `list_sum(list_transform(range(5), lambda "@j": ${bit}))::BIGINT`;
    const text = `array_to_string(list_transform(range(${length}), lambda "@i": substring(${digits}, ${value} + 1, 1)), '')`;
    const hash = `list_transform([${cells}], lambda "@cell": ${text})[1]`;
    const isKnown = `${isPlace(x, y)} AND ${length} BETWEEN 1 AND ${geohashLengthMax}`;
    return `(CASE WHEN ${isKnown} THEN ${hash} ELSE '' END)`;
  });
};

/** The middle of the cell, as GeoJSON. */
const fromGeohash: Emit = (operands, call) => {
  const source = asText(operand(operands, 0, call), call);
  return once('g', [source], (hash) => {
    const value = `(strpos(${digits}, substring(${hash}, ("@b" // 5) + 1, 1)) - 1)`;
    const bits = `5 * length(${hash})`;
    const coordinate = (half: number, first: number): string => {
      const count = first === 0 ? `((${bits} + 1) // 2)` : `(${bits} // 2)`;
      const bit = `(((${value} >> (4 - "@b" % 5)) & 1)::BIGINT << (${count} - 1 - "@b" // 2))`;
      const cell = `coalesce(list_sum(list_transform(range(${first}, ${bits}, 2), lambda "@b": ${bit})), 0)`;
      return `((${cell}::DOUBLE + 0.5) * ${2 * half} / pow(2, ${count}) - ${half})`;
    };
    const json = (sql: string): string => asElement({ sql, type: 'real' }, call);
    const point = always(
      'p',
      `struct_pack(x := ${coordinate(180, 0)}, y := ${coordinate(90, 1)})`,
      (p) => `'{"type":"Point","coordinates":[' || ${json(`${p}.x`)} || ',' || ${json(`${p}.y`)} || ']}'`,
    );
    const pattern = `^[0-9b-hjkmnp-z]{1,${geohashLengthMax}}$`;
    return `(CASE WHEN regexp_matches(${hash}, '${pattern}') THEN ${point} END)`;
  });
};

export const geography: readonly ScalarFunction[] = [
  entry(
    'geo_distance_2points',
    distance,
    'print toint(geo_distance_2points(-122.407628, 47.578557, -118.275287, 34.019056)), geo_distance_2points(300, 1, 1, 1), geo_distance_2points(1, 2, 1, 2)',
    ['1546754', null, 0],
  ),
  entry(
    'geo_point_in_circle',
    isInCircle,
    'print geo_point_in_circle(-122.143564, 47.535677, -122.100896, 47.527351, 3500), geo_point_in_circle(-122.137575, 47.630683, -122.100896, 47.527351, 3500), geo_point_in_circle(1, 1, 1, 1, -1)',
    [true, false, null],
  ),
  entry(
    'geo_point_to_geohash',
    toGeohash,
    'print geo_point_to_geohash(139.806115, 35.554128, 12), geo_point_to_geohash(-122.303404, 47.570482), geo_point_to_geohash(200, 1, 8), geo_point_to_geohash(180, 90, 2)',
    ['xn76m27ty9g4', 'c23n8', '', 'zz'],
  ),
  entry(
    'geo_geohash_to_central_point',
    fromGeohash,
    "print tostring(geo_geohash_to_central_point('sunny')), isnull(geo_geohash_to_central_point('a'))",
    ['{"type":"Point","coordinates":[42.47314453125,23.70849609375]}', true],
  ),
];
