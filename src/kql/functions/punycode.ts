// punycode_to_string(): what a label of a domain name behind its `xn--` stands for. https://www.rfc-editor.org/rfc/rfc3492
// A fold goes through the digits of section 6.2 and keeps the code points so far; what is no Punycode gives ''.

import { asText } from './conversions.ts';
import type { Emit, ScalarFunction } from './scalar.ts';
import { always, entry, once, operand } from './sql.ts';

/** The fold copies what it has at every digit, so that its work grows by the square. */
const charactersMax = 1024;
/** No code point of a text of that length needs a greater number. */
const numberMax = 1_114_112 * (charactersMax + 1);

/** What the fold carries on, and each digit `d` in the same form; `n` is negative once the text is no Punycode. */
interface State {
  readonly out: string;
  readonly n: string;
  readonly i: string;
  readonly bias: string;
  readonly weight: string;
  readonly k: string;
  readonly from: string;
}

function stateOf({ out, n, i, bias, weight, k, from }: State, digit = '0'): string {
  const whole = Object.entries({ n, i, b: bias, w: weight, k, f: from, d: digit });
  return `struct_pack(o := ${out}, ${whole.map(([name, sql]) => `${name} := (${sql})::BIGINT`).join(', ')})`;
}

const zeros: State = { out: '[]::BIGINT[]', n: '0', i: '0', bias: '0', weight: '0', k: '0', from: '0' };

/** Section 6.1: how often the difference is divided by 35 until it is at most 455 makes the steps of 36. */
function adapted(difference: string, isFirst: string, length: string): string {
  const damped = `(CASE WHEN ${isFirst} THEN ${difference} // 700 ELSE ${difference} // 2 END)`;
  return always('pd', damped, (d) =>
    always('pe', `${d} + ${d} // ${length}`, (delta) => {
      const steps = [0, 1, 2, 3, 4, 5].map((times) => {
        const divided = `(${delta} // ${35 ** times})`;
        return `WHEN ${divided} <= 455 THEN ${36 * times} + 36 * ${divided} // (${divided} + 38)`;
      });
      return `(CASE ${steps.join(' ')} ELSE 0 END)`;
    }),
  );
}

/** What the digit of `"@y"` makes of the state `"@x"`. */
function step(): string {
  const [x, y] = ['"@x"', '"@y"'];
  const threshold = `greatest(1, least(26, ${x}.k - ${x}.b))`;
  const failed = stateOf({ ...zeros, n: '-1' });
  return always('pi', `${x}.i + ${y}.d * ${x}.w`, (i) => {
    const going: State = {
      out: `${x}.o`,
      n: `${x}.n`,
      i,
      bias: `${x}.b`,
      weight: `${x}.w * (36 - ${threshold})`,
      k: `${x}.k + 36`,
      from: `${x}.f`,
    };
    const length = `(len(${x}.o) + 1)`;
    const [at, point] = [`(${i} % ${length})`, `(${x}.n + ${i} // ${length})`];
    const put: State = {
      out: `list_concat(${x}.o[1:${at}], [${point}]::BIGINT[], ${x}.o[${at} + 1:])`,
      n: point,
      i: `${at} + 1`,
      bias: adapted(`(${i} - ${x}.f)`, `${x}.f = 0`, length),
      weight: '1',
      k: '36',
      from: `${at} + 1`,
    };
    const isPoint = `(${point} <= 55295 OR ${point} BETWEEN 57344 AND 1114111)`;
    const ended = `CASE WHEN ${isPoint} THEN ${stateOf(put)} ELSE ${failed} END`;
    const isLast = `${y}.d < ${threshold}`;
    return `(CASE WHEN ${x}.n < 0 OR ${y}.d < 0 OR ${i} > ${numberMax} THEN ${failed} WHEN ${isLast} THEN ${ended} ELSE ${stateOf(going)} END)`;
  });
}

const toText: Emit = (operands, call) =>
  once('p', [asText(operand(operands, 0, call), call)], (given) => {
    const tooLong = `error('${call.name} of more than ${charactersMax} characters is not supported')`;
    const checked = `(CASE WHEN length(${given}) > ${charactersMax} THEN ${tooLong} ELSE ${given} END)`;
    return always('s', checked, (s) => {
      // Before the last hyphen, if anything is there, stand the characters that need no code.
      const basic = `regexp_extract(${s}, '(?s)^(.+)-[^-]*$', 1)`;
      const coded = `(CASE WHEN regexp_matches(${s}, '(?s)^.+-[^-]*$') THEN regexp_extract(${s}, '[^-]*$') ELSE ${s} END)`;
      const characters = (text: string): string => `list_filter(string_split(${text}, ''), lambda "@c": "@c" <> '')`;
      const value = `position(lower("@c") IN 'abcdefghijklmnopqrstuvwxyz0123456789') - 1`;
      const digits = `list_transform(${characters(coded)}, lambda "@c": ${stateOf(zeros, value)})`;
      const points = `list_transform(${characters(basic)}, lambda "@c": unicode("@c")::BIGINT)`;
      const begin: State = { out: points, n: '128', i: '0', bias: '72', weight: '1', k: '36', from: '0' };
      const folded = `list_reduce(${digits}, lambda "@x", "@y": ${step()}, ${stateOf(begin)})`;
      const result = always('r', folded, (r) => {
        const decoded = `array_to_string(list_transform(${r}.o, lambda "@c": chr("@c"::INTEGER)), '')`;
        return `(CASE WHEN ${r}.n >= 0 AND ${r}.w = 1 THEN ${decoded} ELSE '' END)`;
      });
      return `(CASE WHEN regexp_full_match(${s}, '[\\x00-\\x7F]*') THEN ${result} ELSE '' END)`;
    });
  });

export const punycode: readonly ScalarFunction[] = [
  entry(
    'punycode_to_string',
    toText,
    "print a = punycode_to_string('bcher-kva'), b = punycode_to_string('80AK6AA92E'), c = punycode_to_string('fiqs8S'), d = punycode_to_string('a-b-'), e = punycode_to_string('bcher-k'), f = punycode_to_string('-kva'), g = punycode_to_string('bücher'), h = punycode_to_string('99999999')",
    ['bücher', 'аррӏе', '中国', 'a-b', '', '', '', ''],
  ),
];
