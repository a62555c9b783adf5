// Places on the earth for ClickHouse: distances on a sphere, and geohashes. Whatever is no place is null. The engine's own
// functions measure on another sphere, and its geohashes are of 12 digits at most.
// https://learn.microsoft.com/kusto/query/geo-distance-2points-function and its neighbours

import { digits, distanceSql, geohashLengthMax, isPlace, placesOf } from '../geography.ts';
import { numbersAs } from '../operand-numbers.ts';
import type { Emit } from '../scalar.ts';
import { asElement, asText, convert } from './conversions.ts';
import { always, long, nullOf, once, operand } from './sql.ts';

const realAt = numbersAs('real', convert);

function distanceOf(x1: string, y1: string, x2: string, y2: string): string {
  return distanceSql([x1, y1, x2, y2], (value) => `toFloat64(${value})`);
}

const distance: Emit = (operands, call) => {
  const places = placesOf(operands, call, realAt);
  return once(
    'g',
    places,
    (x1 = '', y1 = '', x2 = '', y2 = '') =>
      `if(${isPlace(x1, y1)} AND ${isPlace(x2, y2)}, ${distanceOf(x1, y1, x2, y2)}, ${nullOf('Float64')})`,
  );
};

const isInCircle: Emit = (operands, call) => {
  const given = [0, 1, 2, 3, 4].map((at) => realAt(operands, at, call));
  return once('g', given, (x1 = '', y1 = '', x2 = '', y2 = '', radius = '') => {
    const isKnown = `${isPlace(x1, y1)} AND ${isPlace(x2, y2)} AND ${radius} > 0`;
    return `if(${isKnown}, ${distanceOf(x1, y1, x2, y2)} <= ${radius}, ${nullOf('Bool')})`;
  });
};

/** The coordinate as a whole number of so many bits, of which the whole range is one more than the greatest. */
function cellNumber(value: string, half: number, bits: string): string {
  const cells = `bitShiftLeft(toInt64(1), ${bits})`;
  return `least(toInt64(floor((${value} + ${half}) / ${2 * half} * ${cells})), ${cells} - 1)`;
}

const toGeohash: Emit = (operands, call) => {
  const given = [realAt(operands, 0, call), realAt(operands, 1, call), operands[2]?.sql ?? long(5)];
  return once('g', given, (x = '', y = '', length = '') => {
    const isKnown = `ifNull(${isPlace(x, y)} AND ${length} BETWEEN 1 AND ${geohashLengthMax}, false)`;
    // What is no place is replaced, as the engine may compute what it does not take.
    const [longitude, latitude] = [x, y].map((each) => `if(${isKnown}, assumeNotNull(${each}), 0)`);
    return always('n', `toInt64(ifNull(if(${isKnown}, ${length}, 0), 0))`, (count) => {
      const [bitsX, bitsY] = [`intDiv(5 * ${count} + 1, 2)`, `intDiv(5 * ${count}, 2)`];
      const at = '(5 * "@i" + "@j")';
      const bitOf = (cell: string, bits: string): string =>
        `bitShiftRight(${cell}, greatest(${bits} - 1 - intDiv(${at}, 2), 0))`;
      const bit = `bitShiftLeft(bitAnd(if(${at} % 2 = 0, ${bitOf('"@x"', bitsX)}, ${bitOf('"@y"', bitsY)}), 1), 4 - "@j")`;
      const value = `arraySum(arrayMap("@j" -> ${bit}, range(5)))`;
      const text = `arrayStringConcat(arrayMap("@i" -> substring(${digits}, ${value} + 1, 1), range(${count})))`;
      const cells = [cellNumber(longitude ?? '', 180, bitsX), cellNumber(latitude ?? '', 90, bitsY)];
      return `arrayElement(arrayMap(("@x", "@y") -> ${text}, [${cells[0]}], [${cells[1]}]), 1)`;
    });
  });
};

/** The middle of the cell, as GeoJSON. */
const fromGeohash: Emit = (operands, call) => {
  const pattern = `^[0-9b-hjkmnp-z]{1,${geohashLengthMax}}$`;
  return once('g', [asText(operand(operands, 0, call), call)], (given) =>
    always('h', `if(match(${given}, '${pattern}'), ${given}, '')`, (hash) => {
      const value = `toInt64(position(${digits}, substring(${hash}, intDiv("@b", 5) + 1, 1)) - 1)`;
      const bits = `5 * length(${hash})`;
      const coordinate = (half: number, first: number): string => {
        const count = first === 0 ? `intDiv(${bits} + 1, 2)` : `intDiv(${bits}, 2)`;
        const place = `greatest(toInt64(${count}) - 1 - toInt64(intDiv("@b", 2)), 0)`;
        const bit = `bitShiftLeft(bitAnd(bitShiftRight(${value}, 4 - "@b" % 5), 1), ${place})`;
        const cell = `arraySum(arrayMap("@b" -> ${bit}, range(${first}, greatest(${bits}, ${first}), 2)))`;
        return `((toFloat64(${cell}) + 0.5) * ${2 * half} / pow(2, ${count}) - ${half})`;
      };
      const json = (sql: string): string => asElement({ sql, type: 'real' }, call);
      const point = `concat('{"type":"Point","coordinates":[', ${json(coordinate(180, 0))}, ',', ${json(coordinate(90, 1))}, ']}')`;
      return `if(${hash} != '', ${point}, ${nullOf('String')})`;
    }),
  );
};

export const geography: Readonly<Record<string, Emit>> = {
  geo_distance_2points: distance,
  geo_point_in_circle: isInCircle,
  geo_point_to_geohash: toGeohash,
  geo_geohash_to_central_point: fromGeohash,
};
