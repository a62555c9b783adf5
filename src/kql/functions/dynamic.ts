// Steps into dynamic values, arrays and bags built and taken apart. https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic
// What is not there is null, never an error.

import { asDynamic, asElement, asText, convert, parseJson, textParsed } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import {
  elementsOf,
  entry,
  isArray,
  isWhole,
  jsonOrNull,
  jsonString,
  literalText,
  once,
  operand,
  refuse,
  text,
} from './sql.ts';

/** The operand as a dynamic value; a string is read as JSON, as KQL does where a path follows it. */
function dynamicBase(value: Operand, call: Call): string {
  return value.type === 'string' ? parseJson(value.sql) : asDynamic(value, call);
}

/** What a step goes into: of JSON text that is parsed for nothing else, the text itself where it is JSON. */
function steppedInto(value: Operand, call: Call): string {
  const base = dynamicBase(value, call);
  const source = textParsed(base);
  return source === undefined ? base : `(CASE WHEN json_valid(${source}) THEN ${source} END)`;
}

/** A key as a JSON pointer: unlike a JSON path it has no wildcard, so no key can mean more than itself. */
function pointer(key: string): string {
  return text(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/** A step into what is itself a step, by names: both are one pointer, so that the JSON text is read once. */
const stepped = /^nullif\(json_extract\((.*), '(\/[^']*)'\)::VARCHAR, 'null'\)$/s;

export function property(json: string, key: string): string {
  const [, base, before] = stepped.exec(json) ?? [];
  // Only a text that is one literal can be put behind another: a quote or NUL makes it more than that (emit/text.ts).
  if (base !== undefined && before !== undefined && !/['\0]/.test(key)) {
    return jsonOrNull(`json_extract(${base}, '${before}${pointer(key).slice(1)})::VARCHAR`);
  }
  return jsonOrNull(`json_extract(${json}, ${pointer(key)})::VARCHAR`);
}

/** A property whose key is SQL text. */
export function propertyOf(json: string, key: string): string {
  return jsonOrNull(`json_extract(${json}, '/' || replace(replace(${key}, '~', '~0'), '/', '~1'))::VARCHAR`);
}

const path: Emit = (operands, call) => {
  const base = steppedInto(operand(operands, 0, call), call);
  const key = literalText(operands, 1, call);
  // A pointer's number is an index too; a key is one of an object only.
  if (/^\d+$/.test(key))
    return once('p', [base], (d) => `(CASE WHEN json_type(${d}) = 'OBJECT' THEN ${property(d, key)} END)`);
  return property(base, key);
};

/** The parts of a text that was split for nothing but one of them. */
const splitParts = /^\(to_json\((string_split\(\w+\."(?:[^"]|"")*", '[^']+'\))\)::VARCHAR\)$/;

const index: Emit = (operands, call) => {
  const base = steppedInto(operand(operands, 0, call), call);
  const at = operand(operands, 1, call);
  if (isWhole(at.type)) {
    const place = at.literal?.value;
    const [, parts] = splitParts.exec(base) ?? [];
    if (typeof place === 'bigint' && place >= 0n && parts !== undefined)
      return jsonOrNull(`to_json((${parts})[${place + 1n}])::VARCHAR`);
    if (typeof place === 'bigint' && place >= 0n) return jsonOrNull(`json_extract(${base}, '$[${place}]')::VARCHAR`);
    return once('p', [base, at.sql], (d, i) =>
      jsonOrNull(`json_extract(${d}, CASE WHEN ${i} < 0 THEN '$[#' ELSE '$[' END || ${i} || ']')::VARCHAR`),
    );
  }
  if (at.type === 'string')
    return once(
      'p',
      [base, at.sql],
      (d, key) => `(CASE WHEN json_type(${d}) = 'OBJECT' THEN ${propertyOf(d, key)} END)`,
    );
  if (at.type !== 'dynamic') return refuse(`an index of type ${at.type}`, call);
  return once('p', [base, at.sql], (d, i) => {
    const byKey = `WHEN json_type(${i}) = 'VARCHAR' AND json_type(${d}) = 'OBJECT' THEN ${propertyOf(d, `(${i} ->> '$')`)}`;
    return `(CASE ${byKey} WHEN json_type(${i}) = 'UBIGINT' THEN ${jsonOrNull(`json_extract(${d}, '$[' || ${i} || ']')::VARCHAR`)} END)`;
  });
};

/** `a.b[0]` as `$.a.b[0]` or `$['a']`: steps that are keys and indexes. */
export function pathSteps(source: string, call: Call): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  const pattern = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y;
  pattern.lastIndex = 1;
  while (source.startsWith('$') && pattern.lastIndex < source.length) {
    const found = pattern.exec(source);
    if (!found) return refuse(`the path ${source}`, call);
    const [, name, place, single, double] = found;
    steps.push(place === undefined ? (name ?? single ?? double ?? '') : Number(place));
  }
  return source.startsWith('$') ? steps : refuse(`the path ${source}`, call);
}

function follow(json: string, steps: readonly (string | number)[]): string {
  return steps.reduce<string>(
    (inner, step) =>
      typeof step === 'number' ? `json_extract(${inner}, '$[${step}]')` : `json_extract(${inner}, ${pointer(step)})`,
    json,
  );
}

/** `extract_json(path, text, type)`. */
const extractJson: Emit = (operands, call) => {
  const steps = pathSteps(literalText(operands, 0, call), call);
  const source = operand(operands, 1, call);
  const json = source.type === 'dynamic' ? source.sql : `(CASE WHEN json_valid(${source.sql}) THEN ${source.sql} END)`;
  const found = once('j', [json], (j) => jsonOrNull(`${follow(j, steps)}::VARCHAR`));
  return call.type === 'dynamic' ? found : convert({ sql: found, type: 'dynamic' }, call.type, call);
};

const packArray: Emit = (operands, call) =>
  `('[' || ${operands.map((each) => asElement(each, call)).join(` || ',' || `) || "''"} || ']')`;

const bagPack: Emit = (operands, call) => {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < operands.length; at += 2) {
    const key = operand(operands, at, call);
    const known = key.literal?.value;
    const name = typeof known === 'string' ? text(JSON.stringify(known)) : jsonString(asText(key, call));
    pairs.push(`${name} || ':' || ${asElement(operand(operands, at + 1, call), call)}`);
  }
  return `('{' || ${pairs.join(` || ',' || `) || "''"} || '}')`;
};

/** `pack_dictionary`-like functions that leave out what is null or ''. */
const bagPackFilled: Emit = (operands, call) => {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < operands.length; at += 2) {
    const value = operand(operands, at + 1, call);
    const pair = `${text(JSON.stringify(literalText(operands, at, call)))} || ':' || ${asElement(value, call)}`;
    pairs.push(
      `CASE WHEN ${value.type === 'string' ? `${value.sql} <> ''` : `${value.sql} IS NOT NULL`} THEN ${pair} END`,
    );
  }
  return `('{' || array_to_string(list_filter([${pairs.join(', ')}]::VARCHAR[], lambda "@e": "@e" IS NOT NULL), ',') || '}')`;
};

/** Steps of a key of `bag_has_key` and its kin: `$.a.b` is a path, anything else one key. */
export function keySteps(operands: readonly Operand[], at: number, call: Call): readonly (string | number)[] {
  const key = literalText(operands, at, call);
  return key.startsWith('$.') || key.startsWith('$[') ? pathSteps(key, call) : [key];
}

const bagHasKey: Emit = (operands, call) => {
  const steps = keySteps(operands, 1, call);
  return once(
    'j',
    [operand(operands, 0, call).sql],
    (j) => `(CASE WHEN json_type(${j}) = 'OBJECT' THEN ${follow(j, steps)} IS NOT NULL END)`,
  );
};

/** One key of an object as `"key":value`, for objects that are put together again. */
function pairOf(json: string, key: string): string {
  return `${jsonString(key)} || ':' || coalesce(json_extract(${json}, '/' || replace(replace(${key}, '~', '~0'), '/', '~1'))::VARCHAR, 'null')`;
}

function objectOf(pairs: string): string {
  return `('{' || array_to_string(${pairs}, ',') || '}')`;
}

/** Of each key the first bag's value; not an object is as if it were not there. */
const bagMerge: Emit = (operands, call) => {
  const merge = (a: string, b: string, depth: number): string =>
    once(`g${depth}`, [a, b], (x, y) => {
      const own = `list_transform(json_keys(${x}), lambda "@k": ${pairOf(x, '"@k"')})`;
      const added = `list_transform(list_filter(json_keys(${y}), lambda "@k": NOT list_contains(json_keys(${x}), "@k")), lambda "@k": ${pairOf(y, '"@k"')})`;
      const onlyOne = `WHEN coalesce(json_type(${y}), '') <> 'OBJECT' THEN CASE WHEN json_type(${x}) = 'OBJECT' THEN ${x} END WHEN coalesce(json_type(${x}), '') <> 'OBJECT' THEN ${y}`;
      return `(CASE ${onlyOne} ELSE ${objectOf(`list_concat(${own}, ${added})`)} END)`;
    });
  const [first, ...rest] = operands.map((each) => each.sql);
  return rest.reduce((merged, each, depth) => merge(merged, each, depth), first ?? refuse(call.name, call));
};

/** Objects on the way to the key that are missing are made; a null bag stays null, as the documentation says. */
const bagSetKey: Emit = (operands, call) => {
  const steps = keySteps(operands, 1, call);
  const value = asElement(operand(operands, 2, call), call);
  const set = (json: string, [step, ...rest]: readonly (string | number)[], v: string, depth: number): string => {
    if (typeof step !== 'string') return refuse('bag_set_key with an index', call);
    return once(`g${depth}`, [json], (bag) => {
      const inner = rest.length === 0 ? v : set(`coalesce(${property(bag, step)}, '{}')`, rest, v, depth + 1);
      const pair = `${text(JSON.stringify(step))} || ':' || ${inner}`;
      const key = `"@k${depth}"`;
      const pairs = `list_transform(json_keys(${bag}), lambda ${key}: CASE WHEN ${key} = ${text(step)} THEN ${pair} ELSE ${pairOf(bag, key)} END)`;
      const all = `list_concat(${pairs}, CASE WHEN list_contains(json_keys(${bag}), ${text(step)}) THEN []::VARCHAR[] ELSE [${pair}] END)`;
      const other = depth === 0 ? 'NULL' : `error('bag_set_key below a value that is no object is not supported')`;
      return `(CASE WHEN json_type(${bag}) = 'OBJECT' THEN ${objectOf(all)} ELSE ${other} END)`;
    });
  };
  return once('v', [value], (v) => set(operand(operands, 0, call).sql, steps, v, 0));
};

/** Keys that only the rows know: of the object itself, without paths. */
function removeComputedKeys(operands: readonly Operand[], call: Call): string {
  return once('r', [operand(operands, 0, call).sql, operand(operands, 1, call).sql], (bag, keys) => {
    const texts = `list_transform(${elementsOf(keys)}, lambda "@e": coalesce("@e" ->> '$', ''))`;
    const isPath = `list_bool_or(list_transform(${texts}, lambda "@t": starts_with("@t", '$.')))`;
    const kept = `list_filter(json_keys(${bag}), lambda "@k": NOT list_contains(${texts}, "@k"))`;
    const rest = objectOf(`list_transform(${kept}, lambda "@k": ${pairOf(bag, '"@k"')})`);
    const refused = `error('bag_remove_keys with paths that are computed is not supported')`;
    return `(CASE WHEN json_type(${bag}) IS DISTINCT FROM 'OBJECT' OR json_type(${keys}) IS DISTINCT FROM 'ARRAY' THEN ${bag} WHEN ${isPath} THEN ${refused} ELSE ${rest} END)`;
  });
}

/** Keys and indexes on the way to a value. */
export type Path = readonly (string | number)[];

/** The second argument of `bag_remove_keys()`, where it is known. */
export function removedPaths(operands: readonly Operand[], call: Call): readonly Path[] {
  const parsed: unknown = JSON.parse(literalText(operands, 1, call));
  if (!Array.isArray(parsed)) return refuse('bag_remove_keys of what is not an array', call);
  return parsed.map((each) =>
    typeof each === 'string' && each.startsWith('$.') ? pathSteps(each, call) : [String(each)],
  );
}

/** Keys that an object loses itself, and what the values of others lose. */
export function removedHere(removed: readonly Path[], call: Call) {
  const here = removed.flatMap(([step, ...rest]) => (rest.length === 0 && typeof step === 'string' ? [step] : []));
  const below = new Map<string, Path[]>();
  for (const [step, ...rest] of removed) {
    if (typeof step === 'number') return refuse('bag_remove_keys with an index', call);
    if (step !== undefined && rest.length > 0) below.set(step, [...(below.get(step) ?? []), rest]);
  }
  return { here, below };
}

/** Keys, or paths of keys `$.a.b`, that are known when the query is compiled. */
const bagRemoveKeys: Emit = (operands, call) => {
  if (!operands[1]?.literal) return removeComputedKeys(operands, call);
  const paths = removedPaths(operands, call);
  const remove = (json: string, removed: readonly Path[], depth: number): string =>
    once(`r${depth}`, [json], (j) => {
      const { here, below } = removedHere(removed, call);
      const key = `"@k${depth}"`;
      const kept = `list_filter(json_keys(${j}), lambda ${key}: NOT list_contains([${here.map(text).join(', ')}]::VARCHAR[], ${key}))`;
      const inner = [...below].map(
        ([step, rest]) =>
          `WHEN ${text(step)} THEN ${jsonString(key)} || ':' || coalesce(${remove(property(j, step), rest, depth + 1)}, 'null')`,
      );
      const pair = inner.length > 0 ? `CASE ${key} ${inner.join(' ')} ELSE ${pairOf(j, key)} END` : pairOf(j, key);
      return `(CASE WHEN json_type(${j}) = 'OBJECT' THEN ${objectOf(`list_transform(${kept}, lambda ${key}: ${pair})`)} ELSE ${j} END)`;
    });
  return remove(operand(operands, 0, call).sql, paths, 0);
};

const bagKeys: Emit = (operands, call) =>
  once(
    'j',
    [operand(operands, 0, call).sql],
    (j) => `(CASE WHEN json_type(${j}) = 'OBJECT' THEN to_json(json_keys(${j}))::VARCHAR END)`,
  );

/** A key that is no text is left out with the value in its place; values that are missing, or no array at all, are null. */
const bagZip: Emit = (operands, call) =>
  once('z', [operand(operands, 0, call).sql, operand(operands, 1, call).sql], (keys, values) => {
    const pair = `CASE WHEN json_type("@k") = 'VARCHAR' THEN "@k" || ':' || coalesce((${elementsOf(values)})["@i"], 'null') END`;
    const pairs = `list_filter(list_transform(${elementsOf(keys)}, lambda "@k", "@i": ${pair}), lambda "@e": "@e" IS NOT NULL)`;
    return `(CASE WHEN ${isArray(keys)} THEN ${objectOf(pairs)} END)`;
  });

export const dynamics: readonly ScalarFunction[] = [
  entry('path', path, `print tostring(dynamic({"a": {"b": "x"}}).a.b), isnull(dynamic({"a": null}).a)`, ['x', true]),
  entry('index', index, 'print toint(dynamic([1, 2, 3])[1]), toint(dynamic([1, 2, 3])[-1]), isnull(dynamic([1])[7])', [
    '2',
    '3',
    true,
  ]),
  entry(
    'extract_json | extractjson',
    extractJson,
    `print extract_json('$.a[1].b', '{"a": [0, {"b": "x"}]}'), extract_json('$.a', '{"a": 7}', typeof(long)), extract_json('$.a', 'x')`,
    ['x', '7', ''],
  ),
  entry('pack_array', packArray, `print tostring(pack_array(1, 'a"b', true, dynamic([2]), long(null)))`, [
    '[1,"a\\"b",true,[2],null]',
  ]),
  entry('bag_pack | pack | pack_dictionary', bagPack, `print tostring(bag_pack('a', 1, 'b', 'x'))`, [
    '{"a":1,"b":"x"}',
  ]),
  entry('bag_pack_filled', bagPackFilled, 'datatable(a:string, b:long)["", 1] | project s = tostring(pack_all(true))', [
    '{"b":1}',
  ]),
  entry(
    'bag_has_key',
    bagHasKey,
    `print bag_has_key(dynamic({"a": {"b": 1}}), '$.a.b'), bag_has_key(dynamic({"a": 1}), 'b')`,
    [true, false],
  ),
  entry('bag_merge', bagMerge, 'print tostring(bag_merge(dynamic({"a": 1, "b": 2}), dynamic({"a": 3, "c": 4})))', [
    '{"a":1,"b":2,"c":4}',
  ]),
  entry(
    'bag_set_key',
    bagSetKey,
    `print tostring(bag_set_key(dynamic({"a": 1}), 'b', 2)), tostring(bag_set_key(dynamic({"a": 1}), 'a', 2)), tostring(bag_set_key(dynamic({"a": {"b": 1}}), '$.a.c', 'x')), tostring(bag_set_key(dynamic({"a": 1}), '$.b.c', 2)), isnull(bag_set_key(dynamic(null), 'a', 1))`,
    ['{"a":1,"b":2}', '{"a":2}', '{"a":{"b":1,"c":"x"}}', '{"a":1,"b":{"c":2}}', true],
  ),
  entry(
    'bag_remove_keys',
    bagRemoveKeys,
    `print tostring(bag_remove_keys(dynamic({"a": {"b": 1, "c": 2}, "d": 3}), dynamic(['$.a.b', 'd']))), tostring(bag_remove_keys(dynamic({"a": 1, "b": 2}), split('b,c', ',')))`,
    ['{"a":{"c":2}}', '{"a":1}'],
  ),
  entry('bag_keys', bagKeys, 'print tostring(bag_keys(dynamic({"a": 1, "b": 2})))', ['["a","b"]']),
  entry(
    'bag_zip',
    bagZip,
    "print tostring(bag_zip(dynamic(['a', 'b']), dynamic([1]))), tostring(bag_zip(dynamic([7, 'a']), dynamic([1, 2]))), tostring(bag_zip(dynamic(['a']), parse_json('7')))",
    ['{"a":1,"b":null}', '{"a":2}', '{"a":null}'],
  ),
];
