// Steps into dynamic values, arrays and bags built and taken apart, for ClickHouse. The engine's JSON functions take a number
// for a place in an object as well, and count from 1; here a number is a place in an array only.
// https://clickhouse.com/docs/sql-reference/functions/json-functions

import { keySteps, type Path, pathSteps, removedHere, removedPaths } from '../dynamic.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asDynamic, asElement, asText, convert, parseJson } from './conversions.ts';
import { elementAt, keysOf, objectOf, pairsOf, pairText, property, propertyOf } from './json.ts';
import {
  always,
  elementsOf,
  isArray,
  isJson,
  isJsonString,
  isObject,
  isWhole,
  jsonString,
  keepingReals,
  literalText,
  nullOf,
  once,
  operand,
  refuse,
  text,
  textOfJson,
} from './sql.ts';

const none = nullOf('String');

/** The operand as a dynamic value; a string is read as JSON, as KQL does where a path follows it. */
function dynamicBase(value: Operand, call: Call): string {
  return value.type === 'string' ? parseJson(value.sql) : asDynamic(value, call);
}

const path: Emit = (operands, call) =>
  property(dynamicBase(operand(operands, 0, call), call), literalText(operands, 1, call));

const index: Emit = (operands, call) => {
  const base = dynamicBase(operand(operands, 0, call), call);
  const at = operand(operands, 1, call);
  if (isWhole(at.type)) return elementAt(base, at.sql);
  if (at.type === 'string') return propertyOf(base, at.sql);
  if (at.type !== 'dynamic') return refuse(`an index of type ${at.type}`, call);
  return once('p', [base, `ifNull(${at.sql}, '')`], (d, i) => {
    const byKey = propertyOf(d, `JSONExtractString(${i})`);
    return `multiIf(${isJsonString(i)}, ${byKey}, match(${i}, '^[0-9]+$'), ${elementAt(d, `toInt64OrNull(${i})`)}, ${none})`;
  });
};

/** The value at the end of the path; NULL where it is not there, the JSON text `null` where that is there. */
function follow(json: string, steps: readonly (string | number)[]): string {
  return steps.reduce<string>(
    (inner, step) =>
      typeof step === 'number' ? elementAt(inner, String(step), true) : propertyOf(inner, text(step), true),
    json,
  );
}

/** `extract_json(path, text, type)`. */
const extractJson: Emit = (operands, call) => {
  const steps = pathSteps(literalText(operands, 0, call), call);
  const source = operand(operands, 1, call);
  const json = source.type === 'dynamic' ? source.sql : parsed(source.sql);
  const found = `nullIf(${follow(json, steps)}, 'null')`;
  return call.type === 'dynamic' ? found : convert({ sql: found, type: 'dynamic' }, call.type, call);
};

/** Of text that is JSON the JSON; of other text nothing, unlike in `parse_json()`. */
function parsed(source: string): string {
  const json = keepingReals(source, (j, isMarked) =>
    once('v', [j], (each) => `if(${isJson(each, isMarked)}, JSONExtractRaw(${each}), '')`),
  );
  return `nullIf(${json}, '')`;
}

const packArray: Emit = (operands, call) =>
  `concat('[', ${operands.map((each) => asElement(each, call)).join(`, ',', `) || "''"}, ']')`;

/** `"key":` of a key that may be known. */
function keyText(key: Operand, call: Call): string {
  const known = key.literal?.value;
  return typeof known === 'string' && key.type === 'string'
    ? text(`${JSON.stringify(known.toWellFormed())}:`)
    : `${jsonString(asText(key, call))}, ':'`;
}

const bagPack: Emit = (operands, call) => {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < operands.length; at += 2) {
    pairs.push(`${keyText(operand(operands, at, call), call)}, ${asElement(operand(operands, at + 1, call), call)}`);
  }
  return `concat('{', ${pairs.join(`, ',', `) || "''"}, '}')`;
};

/** `pack_dictionary`-like functions that leave out what is null or ''. */
const bagPackFilled: Emit = (operands, call) => {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < operands.length; at += 2) {
    const value = operand(operands, at + 1, call);
    const isFilled = value.type === 'string' ? `${value.sql} <> ''` : `isNotNull(${value.sql})`;
    pairs.push(`if(${isFilled}, concat(${keyText(operand(operands, at, call), call)}, ${asElement(value, call)}), '')`);
  }
  return pairs.length > 0 ? objectOf(`arrayFilter("@e" -> "@e" <> '', [${pairs.join(', ')}])`) : "'{}'";
};

const bagHasKey: Emit = (operands, call) => {
  const steps = keySteps(operands, 1, call);
  return once(
    'j',
    [operand(operands, 0, call).sql],
    (j) => `if(${isObject(j)}, isNotNull(${follow(j, steps)}), ${nullOf('Bool')})`,
  );
};

function keyOf(pair: string): string {
  return `tupleElement(${pair}, 1)`;
}

/** Texts of the pairs, which are an array of tuples. */
function pairTexts(pairs: string): string {
  return `arrayMap("@kp" -> ${pairText('"@kp"')}, ${pairs})`;
}

/** Of each key the first bag's value; not an object is as if it were not there. */
const bagMerge: Emit = (operands, call) => {
  const bags = operands.map((each) => each.sql);
  if (bags.length === 0) return refuse(call.name, call);
  const merge = (a: string, b: string, depth: number): string =>
    once(`g${depth}`, [a, b], (x, y) => {
      const [own, other] = [`"@own${depth}"`, `"@other${depth}"`];
      const isNew = `NOT has(arrayMap("@kp" -> ${keyOf('"@kp"')}, ${own}), ${keyOf('"@kq"')})`;
      const all = objectOf(pairTexts(`arrayConcat(${own}, arrayFilter("@kq" -> ${isNew}, ${other}))`));
      const both = `arrayElement(arrayMap((${own}, ${other}) -> ${all}, [${pairsOf(x)}], [${pairsOf(y)}]), 1)`;
      const [isFirst, isSecond] = [`ifNull(${isObject(x)}, false)`, `ifNull(${isObject(y)}, false)`];
      return `multiIf(${isFirst} AND ${isSecond}, ${both}, ${isFirst}, ${x}, ${isSecond} OR ${isFirst}, ${y}, ${none})`;
    });
  return bags.slice(1).reduce((merged, each, depth) => merge(merged, each, depth), bags[0] ?? none);
};

/** Objects on the way to the key that are missing are made; a null bag stays null. */
const bagSetKey: Emit = (operands, call) => {
  const steps = keySteps(operands, 1, call);
  const value = asElement(operand(operands, 2, call), call);
  const set = (json: string, [step, ...rest]: readonly (string | number)[], v: string, depth: number): string => {
    if (typeof step !== 'string') return refuse('bag_set_key with an index', call);
    const name = text(step);
    return once(`g${depth}`, [json], (bag) => {
      const below = rest.length === 0 ? v : set(`ifNull(${property(bag, step)}, '{}')`, rest, v, depth + 1);
      const all = always(`i${depth}`, below, (inner) => {
        const replaced = `arrayMap("@kq" -> if(${keyOf('"@kq"')} = ${name}, tuple(${name}, ${inner}), "@kq"), "@own")`;
        const isThere = `has(arrayMap("@kq" -> ${keyOf('"@kq"')}, "@own"), ${name})`;
        const pairs = `if(${isThere}, ${replaced}, arrayPushBack("@own", tuple(${name}, ${inner})))`;
        return `arrayElement(arrayMap("@own" -> ${objectOf(pairTexts(pairs))}, [${pairsOf(bag)}]), 1)`;
      });
      if (depth === 0) return `if(${isObject(bag)}, ${all}, ${none})`;
      const message = "'bag_set_key below a value that is no object is not supported'";
      return `if(throwIf(NOT ${isObject(bag)}, ${message}) = 0, ${all}, '')`;
    });
  };
  return once('v', [value], (v) => set(operand(operands, 0, call).sql, steps, v, 0));
};

/** Keys that only the rows know: of the object itself, without paths. */
function removeComputedKeys(operands: readonly Operand[], call: Call): string {
  return once('r', [operand(operands, 0, call).sql, operand(operands, 1, call).sql], (bag, keys) => {
    const isBoth = `ifNull(${isObject(bag)} AND ${isArray(keys)}, false)`;
    const texts = `arrayMap("@e" -> ${textOfJson('"@e"')}, if(${isBoth}, ${elementsOf(keys)}, []))`;
    const rest = always('tx', texts, (names) => {
      const isPath = `arrayExists("@e" -> startsWith("@e", '$.'), ${names})`;
      const refused = `throwIf(${isPath}, 'bag_remove_keys with paths that are computed is not supported')`;
      const kept = `arrayFilter("@kq" -> NOT has(${names}, ${keyOf('"@kq"')}), ${pairsOf(bag)})`;
      return `if(${refused} = 0, ${objectOf(pairTexts(kept))}, '')`;
    });
    return `if(${isBoth}, ${rest}, ${bag})`;
  });
}

/** Keys, or paths of keys `$.a.b`, that are known when the query is compiled. */
const bagRemoveKeys: Emit = (operands, call) => {
  if (!operands[1]?.literal) return removeComputedKeys(operands, call);
  const paths = removedPaths(operands, call);
  const remove = (json: string, removed: readonly Path[], depth: number): string =>
    once(`r${depth}`, [json], (j) => {
      const { here, below } = removedHere(removed, call);
      const pair = `"@k${depth}"`;
      const isKept = here.length > 0 ? `NOT has([${here.map(text).join(', ')}], ${keyOf(pair)})` : 'true';
      const inner = [...below].map(([step, rest]) => {
        const value = remove(`tupleElement(${pair}, 2)`, rest, depth + 1);
        return `${keyOf(pair)} = ${text(step)}, concat(${jsonString(keyOf(pair))}, ':', ${value})`;
      });
      const shown = inner.length > 0 ? `multiIf(${inner.join(', ')}, ${pairText(pair)})` : pairText(pair);
      const kept = `arrayMap(${pair} -> ${shown}, arrayFilter(${pair} -> ${isKept}, ${pairsOf(j)}))`;
      return `if(${isObject(j)}, ${objectOf(kept)}, ${j})`;
    });
  return remove(operand(operands, 0, call).sql, paths, 0);
};

const bagKeys: Emit = (operands, call) =>
  once('j', [operand(operands, 0, call).sql], (j) => {
    const keys = `arrayMap("@kn2" -> ${jsonString('"@kn2"')}, ${keysOf(j)})`;
    return `if(${isObject(j)}, concat('[', arrayStringConcat(${keys}, ','), ']'), ${none})`;
  });

const bagZip: Emit = (operands, call) =>
  once('z', [operand(operands, 0, call).sql, operand(operands, 1, call).sql], (keys, values) => {
    const value = (list: string): string => `if("@i" <= length(${list}), arrayElement(${list}, "@i"), 'null')`;
    const pair = `if(startsWith("@k", '"'), concat("@k", ':', ${value('"@vs"')}), '')`;
    const pairs = `arrayFilter("@e" -> "@e" <> '', arrayMap(("@k", "@i") -> ${pair}, "@ks", arrayEnumerate("@ks")))`;
    const lists = `[${elementsOf(keys)}], [${elementsOf(values)}]`;
    const all = `arrayElement(arrayMap(("@ks", "@vs") -> ${objectOf(pairs)}, ${lists}), 1)`;
    return `if(${isArray(keys)}, ${all}, ${none})`;
  });

export const dynamics: Readonly<Record<string, Emit>> = {
  path,
  index,
  extract_json: extractJson,
  pack_array: packArray,
  bag_pack: bagPack,
  bag_pack_filled: bagPackFilled,
  bag_has_key: bagHasKey,
  bag_merge: bagMerge,
  bag_set_key: bagSetKey,
  bag_remove_keys: bagRemoveKeys,
  bag_keys: bagKeys,
  bag_zip: bagZip,
};
