// Text of a known form taken apart: URLs, versions, CSV, command lines.

import { asText } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { entry, literalText, once, operand, refuse, text } from './sql.ts';

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/**
 * `a=1&b=2` as an object: keys in order, several values of one key as an array; without a key or without a value there is
 * no parameter. Nothing is decoded.
 */
function parameters(query: string): string {
  const pair = `struct_pack(k := split_part("@p", '=', 1), v := substring("@p", position('=' IN "@p") + 1))`;
  const pairs = `list_filter(list_transform(list_filter(string_split(${query}, '&'), lambda "@p": contains("@p", '=')), lambda "@p": ${pair}), lambda "@p": "@p".k <> '' AND "@p".v <> '')`;
  return once('q', [pairs], (all) => {
    const values = `list_transform(list_filter(${all}, lambda "@p": "@p".k = "@k"), lambda "@p": "@p".v)`;
    const value = `list_transform([${values}], lambda "@v": CASE WHEN len("@v") = 1 THEN to_json("@v"[1])::VARCHAR ELSE to_json("@v")::VARCHAR END)[1]`;
    const keys = `list_sort(list_distinct(list_transform(${all}, lambda "@p": "@p".k)))`;
    return `('{' || array_to_string(list_transform(${keys}, lambda "@k": to_json("@k")::VARCHAR || ':' || ${value}), ',') || '}')`;
  });
}

const urlPattern =
  '^([^:/?#]+)://(?:([^:@/?#]*):([^@/?#]*)@)?(\\[[^\\]]*\\]|[^:/?#]*)(?::([0-9]*))?(/[^?#]*)?(\\?[^#]*)?(#.*)?$';
const urlGroups = "'scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment'";

/** All parts are there, '' where the text is no URL. A path that is only the slash at the end of all is ''. */
const parseUrl: Emit = (operands, call) =>
  once('u', [`regexp_extract(${textAt(operands, 0, call)}, ${text(urlPattern)}, [${urlGroups}])`], (u) => {
    const path = `CASE WHEN ${u}.path = '/' AND ${u}.query = '' AND ${u}.fragment = '' THEN '' ELSE ${u}.path END`;
    const fields: readonly (readonly [string, string])[] = [
      ['Scheme', `to_json(${u}.scheme)::VARCHAR`],
      ['Host', `to_json(${u}.host)::VARCHAR`],
      ['Port', `to_json(${u}.port)::VARCHAR`],
      ['Path', `to_json(${path})::VARCHAR`],
      ['Username', `to_json(${u}.username)::VARCHAR`],
      ['Password', `to_json(${u}.password)::VARCHAR`],
      ['Query Parameters', parameters(`substring(${u}.query, 2)`)],
      ['Fragment', `to_json(substring(${u}.fragment, 2))::VARCHAR`],
    ];
    return `('{' || ${fields.map(([name, value]) => `'"${name}":' || ${value}`).join(` || ',' || `)} || '}')`;
  });

const parseUrlQuery: Emit = (operands, call) =>
  `('{"Query Parameters":' || ${parameters(textAt(operands, 0, call))} || '}')`;

/** One to four numbers of at most eight digits, each with eight places of the decimal; null for anything else. */
export const versionTooLarge = 'parse_version of a first part of more than 4 digits is not supported';

const parseVersion: Emit = (operands, call) =>
  once(
    'v',
    [
      `regexp_extract(${textAt(operands, 0, call)}, '^([0-9]{1,8})(?:\\.([0-9]{1,8}))?(?:\\.([0-9]{1,8}))?(?:\\.([0-9]{1,8}))?$', ['a', 'b', 'c', 'd'])`,
    ],
    (v) => {
      const part = (name: string): string => `coalesce(TRY_CAST(${v}.${name} AS HUGEINT), 0)`;
      const whole = `((${part('a')} * 100000000 + ${part('b')}) * 100000000 + ${part('c')}) * 100000000 + ${part('d')}`;
      // A decimal has 28 digits before its point.
      const tooLarge = `CAST(error('${versionTooLarge}') AS DECIMAL(38,10))`;
      return `(CASE WHEN ${v}.a = '' THEN NULL WHEN ${part('a')} > 9999 THEN ${tooLarge} ELSE (${whole})::DECIMAL(38,10) END)`;
    },
  );

/** The fields of the first record, as RFC 4180 quotes them. */
const parseCsv: Emit = (operands, call) => {
  const record = `',' || regexp_extract(${textAt(operands, 0, call)}, '^(?:[^"\\r\\n]|"(?:[^"]|"")*")*')`;
  return once('r', [`(${record})`], (r) => {
    const field = `,(?:"((?:[^"]|"")*)"|([^,]*))`;
    const quoted = `regexp_extract_all(${r}, '${field}', 1)`;
    return once('f', [quoted, `regexp_extract_all(${r}, '${field}', 2)`], (inner, plain) => {
      const value = `coalesce(nullif(replace((${inner})["@i"], '""', '"'), ''), (${plain})["@i"], '')`;
      return `to_json(list_transform(${inner}, lambda "@e", "@i": ${value}))::VARCHAR`;
    });
  });
};

const quoteEscaped = String.raw`(?:\\\\)*\\"`;
const quoteDoubled = String.raw`(?:\\\\)*""`;
const quote = String.raw`(?:\\\\)*"`;
const quotedPart = String.raw`${quote}(?:${quoteEscaped}|[^"\\]|\\)*?(?:${quoteDoubled}|${quote}|$)`;
const argument = String.raw`(?:${quoteEscaped}|${quotedPart}|[^ \t"\\]|\\)+`;

/**
 * As CommandLineToArgvW: the first argument ends at a space or at its closing quote. In the others 2n backslashes before a
 * quote are n, one more makes the quote a character, and two quotes within quotes are a character and the end of them.
 * https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
 */
const parseCommandLine: Emit = (operands, call) => {
  const kind = operands[1] ? literalText(operands, 1, call).toLowerCase() : 'windows';
  if (kind !== 'windows') return refuse(`parse_command_line of ${kind}`, call);
  return once(
    'c',
    [
      `regexp_extract(${textAt(operands, 0, call)}, '^(?:"([^"]*)"?|([^ \\t"][^ \\t]*)|)[ \\t]*((?s:.*))$', ['q', 'p', 'r'])`,
    ],
    (c) => {
      const opening = text(String.raw`^((?:\\\\)*)"((?s:.*))$`);
      const parts = `regexp_extract_all("@a", ${text(`${quoteEscaped}|${quotedPart}|[^"\\\\]+|\\\\`)})`;
      const backslashes = (piece: string, marks: number): string =>
        `repeat('\\', ((length(${piece}) - ${marks}) // 2)::BIGINT)`;
      // What stands behind the opening quote, up to the closing one.
      const inner = `regexp_extract_all("@g".r, ${text(`${quoteEscaped}|${quoteDoubled}$|${quote}$|[^"\\\\]+|\\\\`)})`;
      const piece = `CASE WHEN NOT ends_with("@d", '"') THEN "@d" WHEN ends_with("@d", '""') THEN ${backslashes('"@d"', 2)} || '"' WHEN length("@d") % 2 = 0 THEN ${backslashes('"@d"', 2)} || '"' ELSE ${backslashes('"@d"', 1)} END`;
      const quoted = `list_transform([regexp_extract("@b", ${opening}, ['b', 'r'])], lambda "@g": ${backslashes('"@g".b', 0)} || array_to_string(list_transform(${inner}, lambda "@d": ${piece}), ''))[1]`;
      const bare = `CASE WHEN ends_with("@b", '"') THEN ${backslashes('"@b"', 2)} || '"' ELSE "@b" END`;
      const value = `array_to_string(list_transform(${parts}, lambda "@b": CASE WHEN regexp_matches("@b", ${opening}) THEN ${quoted} ELSE ${bare} END), '')`;
      const rest = `list_transform(regexp_extract_all(${c}.r, ${text(argument)}), lambda "@a": ${value})`;
      const all = `list_concat([coalesce(nullif(${c}.q, ''), ${c}.p)], ${rest})`;
      return `(CASE WHEN ${c}.q = '' AND ${c}.p = '' AND ${c}.r = '' THEN NULL ELSE to_json(${all})::VARCHAR END)`;
    },
  );
};

export const parsing: readonly ScalarFunction[] = [
  entry(
    'parse_url',
    parseUrl,
    "print tostring(parse_url('https://u:p@h.io:80/a?y=2&x=1&x=3&z=#f')), tostring(parse_url('no url').Host)",
    [
      '{"Scheme":"https","Host":"h.io","Port":"80","Path":"/a","Username":"u","Password":"p","Query Parameters":{"x":["1","3"],"y":"2"},"Fragment":"f"}',
      '',
    ],
  ),
  entry('parse_urlquery', parseUrlQuery, "print tostring(parse_urlquery('k1=v1&k2=v2'))", [
    '{"Query Parameters":{"k1":"v1","k2":"v2"}}',
  ]),
  entry(
    'parse_version',
    parseVersion,
    "print parse_version('0.0.0.5') == 5, isnull(parse_version('1.x')), parse_version('1.2') > parse_version('1.1.9')",
    [true, true, true],
  ),
  entry('parse_csv', parseCsv, String.raw`print tostring(parse_csv('aa,"b,b","x""y",,c\nd,e'))`, [
    String.raw`["aa","b,b","x\"y","","c"]`,
  ]),
  entry(
    'parse_command_line',
    parseCommandLine,
    String.raw`print tostring(parse_command_line(@'echo "hello world!" a\"b "c:\d\\" x""y', 'windows')), tostring(parse_command_line(@'"C:\a b\c.exe" -x "p ""q"', 'windows'))`,
    [String.raw`["echo","hello world!","a\"b","c:\\d\\","xy"]`, String.raw`["C:\\a b\\c.exe","-x","p \"q"]`],
  ),
];
