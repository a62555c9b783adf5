// Literals of the text to values of the intermediate tree.
import type { KqlType, Literal } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import type { Lowering } from './lowering.ts';
import { parseDatetime, parseTimespan } from './times.ts';

const literalTypes: Readonly<Record<string, KqlType>> = {
  BooleanLiteralExpression: 'bool',
  DateTimeLiteralExpression: 'datetime',
  DecimalLiteralExpression: 'decimal',
  GuidLiteralExpression: 'guid',
  IntLiteralExpression: 'int',
  LongLiteralExpression: 'long',
  RealLiteralExpression: 'real',
  TimespanLiteralExpression: 'timespan',
};

const intMax = 2n ** 31n - 1n;
const longMax = 2n ** 63n - 1n;

export function literal(type: KqlType, value: Literal['value']): Literal {
  return { kind: 'literal', type, value };
}

export function nullOf(type: KqlType): Literal {
  return literal(type, type === 'string' ? '' : null);
}

/** The literal that a node is, or undefined where it is another expression. Refuses a literal that it cannot read. */
export function lowerLiteral(node: Node, lowering: Lowering): Literal | undefined {
  if (node.kind === 'StringLiteralExpression' || node.kind === 'CompoundStringLiteralExpression') {
    const text = node.stringValue;
    if (text === undefined) return lowering.refuse(`The string literal ${node.source}`, node);
    return literal('string', text);
  }
  if (node.kind === 'DynamicExpression') return literal('dynamic', jsonOf(node.get('Expression'), lowering));
  if (node.kind === 'NullLiteralExpression') return literal('dynamic', null);
  const type = literalTypes[node.kind];
  if (!type) return undefined;
  const value = literalValue(type, literalBody(node.get('Token').token));
  return value === undefined ? lowering.refuse(`The literal ${node.source}`, node) : literal(type, value);
}

/** What stands in `datetime(…)`, without quotes; the token itself where it has no such form. */
function literalBody(token: string): string {
  const found = /^[a-z0-9]+\s*\(([\s\S]*)\)$/i.exec(token.trim());
  const body = (found?.[1] ?? token).trim();
  const quoted = /^(["'])(.*)\1$/.exec(body);
  return quoted?.[2] ?? body;
}

function literalValue(type: KqlType, body: string): Literal['value'] | undefined {
  const text = body.toLowerCase();
  if (text === 'null' || (text === '' && type !== 'string')) return null;
  switch (type) {
    case 'bool':
      return boolOf(text);
    case 'int':
      return integerOf(text, intMax);
    case 'long':
      return integerOf(text, longMax);
    case 'real':
      return realOf(text);
    case 'decimal':
      return decimalOf(text);
    case 'guid':
      return guidOf(text);
    case 'datetime':
      return parseDatetime(body);
    case 'timespan':
      return parseTimespan(text);
    default:
      return undefined;
  }
}

/** `12.5`, or `1.25e1`, which is the same. */
function decimalOf(text: string): string | undefined {
  const found = /^([+-]?)(\d{1,34})(?:\.(\d{1,34}))?(?:e([+-]?\d{1,2}))?$/i.exec(text);
  if (!found) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent] = found;
  const minus = sign === '-' ? sign : '';
  if (exponent === undefined) return `${minus}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  const digits = `${whole}${fraction}`;
  const point = whole.length + Number(exponent);
  const before = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const after = point > 0 ? digits.slice(point) : `${'0'.repeat(-point)}${digits}`;
  const value = `${before.replace(/^0+(?=\d)/, '')}${after === '' ? '' : `.${after}`}`;
  return value.length <= 36 ? `${minus}${value}` : undefined;
}

function boolOf(text: string): boolean | undefined {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return /^[+-]?\d+$/.test(text) ? Number(text) !== 0 : undefined;
}

function integerOf(text: string, max: bigint): bigint | undefined {
  const found = /^([+-]?)(0x[0-9a-f]{1,16}|\d{1,20})$/.exec(text);
  if (!found?.[2]) return undefined;
  const size = BigInt(found[2]);
  const value = found[1] === '-' ? -size : size;
  return value > max || value < -max - 1n ? undefined : value;
}

function realOf(text: string): number | undefined {
  if (text === 'nan') return Number.NaN;
  if (/^[+-]?inf(inity)?$/.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function guidOf(text: string): string | undefined {
  const digits = text.replace(/^\{|\}$/g, '');
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(digits)) return digits;
  return /^[0-9a-f]{32}$/.test(digits)
    ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : undefined;
}

/** JSON text of the value of `dynamic(…)`; null for the null value. */
function jsonOf(node: Node, lowering: Lowering): string | null {
  const text = jsonText(node, lowering);
  return text === 'null' ? null : text;
}

function jsonText(node: Node, lowering: Lowering): string {
  if (node.kind === 'JsonArrayExpression') {
    return `[${node
      .list('Values')
      .map((each) => jsonText(each, lowering))
      .join(',')}]`;
  }
  if (node.kind === 'JsonObjectExpression') {
    return `{${node
      .list('Pairs')
      .map((each) => jsonPair(each, lowering))
      .join(',')}}`;
  }
  if (node.kind === 'UnaryMinusExpression') return `-${jsonText(node.get('Expression'), lowering)}`;
  const value = lowerLiteral(node, lowering);
  if (!value) return lowering.refuse(`${node.source} in a dynamic literal`, node);
  return jsonOfLiteral(value);
}

function jsonPair(node: Node, lowering: Lowering): string {
  return `${JSON.stringify(node.get('Name').tokenValue)}:${jsonText(node.get('Value'), lowering)}`;
}

/** A literal as it stands inside a dynamic value: times as text, numbers as written. */
function jsonOfLiteral({ type, value }: Literal): string {
  if (value === null) return 'null';
  if (type === 'dynamic') return String(value);
  if (type === 'datetime') return JSON.stringify(formatDatetime(BigInt(String(value))));
  if (type === 'timespan') return JSON.stringify(formatTimespan(BigInt(String(value))));
  if (typeof value === 'bigint' || type === 'decimal') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (typeof value === 'number' && Number.isInteger(value)) return value.toFixed(1);
  return JSON.stringify(value);
}

/** `2020-01-01T00:00:00.0000000Z`. */
export function formatDatetime(ticks: bigint): string {
  const milliseconds = (ticks - 621_355_968_000_000_000n) / 10_000n;
  const fraction = String(((ticks % 10_000_000n) + 10_000_000n) % 10_000_000n).padStart(7, '0');
  const whole = new Date(Number(milliseconds - (milliseconds % 1000n))).toISOString();
  return `${whole.slice(0, 19)}.${fraction}Z`;
}

/** `1.02:03:04.5000000`; without days and without a fraction where they are zero. */
export function formatTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const two = (value: bigint): string => String(value).padStart(2, '0');
  const seconds = size / 10_000_000n;
  const days = seconds / 86_400n;
  const clock = `${two((seconds / 3600n) % 24n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  const fraction = size % 10_000_000n;
  return `${ticks < 0n ? '-' : ''}${days > 0n ? `${days}.` : ''}${clock}${fraction > 0n ? `.${String(fraction).padStart(7, '0')}` : ''}`;
}

/** A literal as another type, where that loses nothing and needs no parsing of text. */
export function convertLiteral(value: Literal, type: KqlType): Literal | undefined {
  if (value.type === type) return value;
  if (value.value === null) return nullOf(type);
  const isWhole = typeof value.value === 'bigint' && (value.type === 'int' || value.type === 'long');
  if (isWhole && (type === 'long' || (type === 'int' && isInt(value.value)))) return { ...value, type };
  if (isWhole && type === 'real') return { kind: 'literal', type, value: Number(value.value) };
  if (isWhole && type === 'decimal') return { kind: 'literal', type, value: String(value.value) };
  if (type === 'dynamic') return dynamicOf(value);
  return undefined;
}

function isInt(value: Literal['value']): boolean {
  const size = Number(value);
  return size >= -(2 ** 31) && size < 2 ** 31;
}

function dynamicOf(value: Literal): Literal | undefined {
  if (value.type === 'string' || value.type === 'bool') {
    return { kind: 'literal', type: 'dynamic', value: JSON.stringify(value.value) };
  }
  return value.type === 'int' || value.type === 'long'
    ? { kind: 'literal', type: 'dynamic', value: String(value.value) }
    : undefined;
}
