// parse_xml(): elements, attributes and texts as JSON. https://learn.microsoft.com/kusto/query/parse-xml-function
// The text is cut into its tags and what is between them; a fold over these keeps a stack of the elements that are open,
// each with the keys and the values of its properties so far.

import { asText } from './conversions.ts';
import type { Emit, ScalarFunction } from './scalar.ts';
import { always, entry, operand, text } from './sql.ts';

/** As documented: what is longer gives null. */
const bytesMax = 1_048_576;
/** The fold copies the stack at every piece, so that its work grows by the square. */
const piecesMax = 1024;

const name = String.raw`[\pL_][\pL\pN_.:-]*`;
const attribute = String.raw`\s+(${name})\s*=\s*("[^"<]*"|'[^'<]*')`;
const start = String.raw`<${name}(?:${attribute.replaceAll('(', '(?:')})*\s*/?>`;
const skipped = String.raw`<!--(?s:.*?)-->|<\?(?s:.*?)\?>|<!\[CDATA\[(?s:.*?)\]\]>|<!DOCTYPE[^\[>]*>`;
const pieces = String.raw`${skipped}|</${name}\s*>|${start}|[^<]+`;

const frame = 'STRUCT(n VARCHAR, k VARCHAR[], v VARCHAR[])';
const noFrames = `[]::${frame}[]`;

/** Entities as the characters that they stand for; those of numbers are taken for what they are when they are ASCII. */
function decoded(sql: string): string {
  const named = [
    ['&lt;', '<'],
    ['&gt;', '>'],
    ['&quot;', '"'],
    ['&apos;', "'"],
  ] as const;
  const plain = named.reduce((inner, [entity, character]) => `replace(${inner}, '${entity}', ${text(character)})`, sql);
  const number = (pattern: string, code: string): string =>
    `list_reduce(list_prepend("@s", list_distinct(regexp_extract_all("@s", '${pattern}'))), lambda "@x", "@y": replace("@x", "@y", chr((${code})::INTEGER)))`;
  const decimal = number('&#[0-9]{1,6};', `substring("@y", 3, length("@y") - 3)`);
  const hex = number('&#[xX][0-9A-Fa-f]{1,5};', `'0x' || substring("@y", 4, length("@y") - 4)`);
  const numbers = always('s', plain, () => always('s', decimal, () => hex));
  return `replace(CASE WHEN contains(${sql}, '&#') THEN ${numbers} ELSE ${plain} END, '&amp;', '&')`;
}

const jsonText = (sql: string): string => `to_json(${sql})::VARCHAR`;

/** What an element is worth: null, its text, or an object in which a key that is there several times has an array. */
function elementValue(keys: string, values: string): string {
  const all = `list_filter(${values}, lambda "@v", "@j": ${keys}["@j"] = "@k")`;
  const value = `list_transform([${all}], lambda "@a": CASE WHEN len("@a") = 1 THEN "@a"[1] ELSE '[' || array_to_string("@a", ',') || ']' END)[1]`;
  const distinct = `list_filter(${keys}, lambda "@k", "@i": list_position(${keys}, "@k") = "@i")`;
  const object = `'{' || array_to_string(list_transform(${distinct}, lambda "@k": ${jsonText('"@k"')} || ':' || ${value}), ',') || '}'`;
  return `(CASE WHEN len(${keys}) = 0 THEN 'null' WHEN ${keys} = ['#text'] THEN ${values}[1] ELSE ${object} END)`;
}

/** The stack with a property more in its top element; NULL where there is none. */
function withProperty(stack: string, key: string, value: string): string {
  const top = `${stack}[-1]`;
  const added = `struct_pack(n := ${top}.n, k := list_append(${top}.k, ${key}), v := list_append(${top}.v, ${value}))`;
  return `list_append(${stack}[:-2], ${added})`;
}

/** What the fold carries on, and each piece in the same form: the stack, the root's JSON, whether it is no XML. */
const state = (stack: string, done: string, bad: string, piece: string): string =>
  `struct_pack(f := ${stack}, t := ${done}, b := ${bad}, p := ${piece})`;

const noPiece = `struct_pack(c := '', n := '', k := []::VARCHAR[], v := []::VARCHAR[])`;

/** A piece taken apart: what it is (a start, an end, both, or text), its name, and its attributes or its text as JSON. */
function pieceOf(piece: string): string {
  const kind = `CASE WHEN starts_with(${piece}, '</') THEN 'end' WHEN ends_with(${piece}, '/>') AND starts_with(${piece}, '<') THEN 'both' WHEN starts_with(${piece}, '<') THEN 'start' ELSE 'text' END`;
  const keys = `list_transform(regexp_extract_all(${piece}, ${text(attribute)}, 1), lambda "@e": '@' || "@e")`;
  const quoted = `regexp_extract_all(${piece}, ${text(attribute)}, 2)`;
  const values = `list_transform(${quoted}, lambda "@e": ${jsonText(decoded('substring("@e", 2, length("@e") - 2)'))})`;
  const words = jsonText(decoded(`trim(${piece}, ' ' || chr(9) || chr(10) || chr(13))`));
  const isTag = `starts_with(${piece}, '<')`;
  return `struct_pack(c := ${kind}, n := regexp_extract(${piece}, ${text(`^</?(${name})`)}, 1), k := CASE WHEN ${isTag} THEN ${keys} ELSE ['#text'] END, v := CASE WHEN ${isTag} THEN ${values} ELSE [${words}] END)`;
}

/** What the piece of `"@y"` makes of the state `"@x"`. No pattern is in it: the engine would read it anew at each step. */
function step(): string {
  const stack = '"@x".f';
  const piece = '"@y".p';
  const failed = state(stack, '"@x".t', 'true', noPiece);
  const going = (frames: string): string => state(frames, '"@x".t', 'false', noPiece);
  // A value goes into the element around it, or is the root, of which there is one.
  const placed = (rest: string, key: string, value: string): string =>
    `CASE WHEN len(${rest}) > 0 THEN ${going(withProperty(rest, key, value))} WHEN "@x".t = '' THEN ${state(noFrames, `'{' || ${jsonText(key)} || ':' || ${value} || '}'`, 'false', noPiece)} ELSE ${failed} END`;
  const top = `${stack}[-1]`;
  const closed = placed(`${stack}[:-2]`, `${top}.n`, elementValue(`${top}.k`, `${top}.v`));
  const opened = `struct_pack(n := ${piece}.n, k := ${piece}.k, v := ${piece}.v)`;
  const kinds = [
    ['"@x".b', '"@x"'],
    [`${piece}.c = 'end'`, `CASE WHEN len(${stack}) > 0 AND ${top}.n = ${piece}.n THEN ${closed} ELSE ${failed} END`],
    [`${piece}.c = 'both'`, placed(stack, `${piece}.n`, elementValue(`${piece}.k`, `${piece}.v`))],
    [`${piece}.c = 'start'`, state(`list_append(${stack}, ${opened})`, '"@x".t', `"@x".t <> ''`, noPiece)],
    [`len(${stack}) > 0`, going(withProperty(stack, "'#text'", `${piece}.v[1]`))],
  ] as const;
  return `CASE ${kinds.map(([test, made]) => `WHEN ${test} THEN ${made}`).join(' ')} ELSE ${failed} END`;
}

const parseXml: Emit = (operands, call) => {
  const source = asText(operand(operands, 0, call), call);
  return always('m', source, (xml) => {
    const tooMany = `error('${call.name} of more than ${piecesMax} tags and texts is not supported')`;
    const found = `(CASE WHEN strlen(${xml}) <= ${bytesMax} THEN regexp_extract_all(${xml}, ${text(pieces)}) ELSE []::VARCHAR[] END)`;
    return always('p', found, (list) => {
      const told = `list_filter(${list}, lambda "@t": NOT regexp_full_match("@t", '[ \\t\\r\\n]*|<[!?](?s:.*)'))`;
      const checked = always(
        'c',
        told,
        (kept) => `(CASE WHEN len(${kept}) > ${piecesMax} THEN CAST(${tooMany} AS VARCHAR[]) ELSE ${kept} END)`,
      );
      const states = `list_transform(${checked}, lambda "@t": ${state(noFrames, "''", 'false', pieceOf('"@t"'))})`;
      const folded = `list_reduce(${states}, lambda "@x", "@y": ${step()}, ${state(noFrames, "''", 'false', noPiece)})`;
      const isWhole = `array_to_string(${list}, '') = ${xml} AND ${xml} <> ''`;
      const result = always(
        'r',
        folded,
        (r) => `CASE WHEN NOT ${r}.b AND len(${r}.f) = 0 AND ${r}.t <> '' THEN ${r}.t END`,
      );
      return `(CASE WHEN ${isWhole} THEN ${result} END)`;
    });
  });
};

export const xml: readonly ScalarFunction[] = [
  entry(
    'parse_xml',
    parseXml,
    `print a = parse_xml('<e/>'), b = parse_xml('<e>text</e>'), c = parse_xml('<e name="value">text</e>'), d = parse_xml('<?xml version="1.0"?><e> <a>1</a> <b x="1 &amp; &#50;"/><a>2</a> </e>'), e = parse_xml('<e> text <a>t</a> </e>'), f = isnull(parse_xml('<e><a></e>')), g = isnull(parse_xml('<a/><b/>'))`,
    [
      '{"e":null}',
      '{"e":"text"}',
      '{"e":{"@name":"value","#text":"text"}}',
      '{"e":{"a":["1","2"],"b":{"@x":"1 & 2"}}}',
      '{"e":{"#text":"text","a":"t"}}',
      true,
      true,
    ],
  ),
];
