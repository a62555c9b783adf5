// One value of a record into one column of its row: what each type of KQL takes, in JSON and as the text of a CSV.
import type { RowWriter } from '../../events/row-writer.ts';
import type { KqlType } from '../../kql/ir.ts';
import { isRawNumber, parseExact, writeJson } from './exact-json.ts';
import { readTime, type TimeWords } from './times.ts';

/** Writes the value; false when the column cannot hold it. What means nothing (null, empty text) is not handed over. */
export type WriteCell = (writer: RowWriter, column: number, value: unknown) => boolean;

const guidPattern = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;
const wholePattern = /^[+-]?\d{1,20}(?:\.0*)?$/;
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The last time that was written as a time column's value. */
export const lastTime: TimeWords = { low: 0, high: 0 };

export const writeCell: Readonly<Record<KqlType, WriteCell>> = {
  string: writeString,
  dynamic: writeDynamic,
  guid: writeGuid,
  bool: writeBool,
  int: writeInt,
  long: writeLong,
  datetime: writeTime,
  real: writeReal,
  // No published table has columns of these types.
  timespan: () => false,
  decimal: () => false,
};

/** Anything is a string: numbers and flags as they are written, objects and arrays as JSON. */
function writeString(writer: RowWriter, column: number, value: unknown): boolean {
  const text = typeof value === 'string' ? value : isRawNumber(value) ? value.rawJSON : writeJson(value);
  if (text === undefined) return false;
  writer.setText(column, text);
  return true;
}

/** A text that is a JSON object or array is that object or array: exports write dynamic values both ways. */
function writeDynamic(writer: RowWriter, column: number, value: unknown): boolean {
  const text = writeJson(typeof value === 'string' ? dynamicOf(value) : value);
  if (text === undefined) return false;
  if (text !== 'null') writer.setText(column, text);
  return true;
}

function dynamicOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

function writeGuid(writer: RowWriter, column: number, value: unknown): boolean {
  if (typeof value !== 'string' || !guidPattern.test(value)) return false;
  writer.setText(column, value.replace(/[{}]/g, '').toLowerCase());
  return true;
}

function writeBool(writer: RowWriter, column: number, value: unknown): boolean {
  const flag = flagOf(value);
  if (flag === undefined) return false;
  writer.set(column, flag);
  return true;
}

function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function writeInt(writer: RowWriter, column: number, value: unknown): boolean {
  const number = typeof value === 'number' ? value : Number(wholeText(value) ?? Number.NaN);
  if ((number | 0) !== number) return false;
  writer.set(column, number | 0);
  return true;
}

function writeLong(writer: RowWriter, column: number, value: unknown): boolean {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    writer.setLong(column, value >>> 0, Math.floor(value / 4_294_967_296));
    return true;
  }
  const text = wholeText(value);
  if (text === undefined) return false;
  const whole = BigInt(text);
  if (BigInt.asIntN(64, whole) !== whole) return false;
  writer.setLong(column, Number(BigInt.asUintN(32, whole)), Number(whole >> 32n));
  return true;
}

/** A whole number as digits, whichever way it came. */
function wholeText(value: unknown): string | undefined {
  // A number that is no RawNumber is written as String writes it, if it is whole at all.
  const number = typeof value === 'number' ? String(value) : undefined;
  const text = isRawNumber(value) ? value.rawJSON : typeof value === 'string' ? value.trim() : number;
  if (text === undefined || !wholePattern.test(text)) return undefined;
  return text.replace(/^\+|\.0*$/g, '');
}

function writeTime(writer: RowWriter, column: number, value: unknown): boolean {
  if (typeof value !== 'string' || !readTime(value.trim(), lastTime)) return false;
  writer.setLong(column, lastTime.low, lastTime.high);
  return true;
}

function writeReal(writer: RowWriter, column: number, value: unknown): boolean {
  const text = isRawNumber(value) ? value.rawJSON : typeof value === 'string' ? value.trim() : undefined;
  const number = typeof value === 'number' ? value : numberPattern.test(text ?? '') ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) return false;
  writer.setReal(column, number);
  return true;
}
