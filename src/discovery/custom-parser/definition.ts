// What a person says of a log that no parser knows: the fields of the documented dialog (cloud-apps reference 3.3).
import { InvalidInput } from '../../lib/failures.ts';
import { parseTimeFormat } from './time-format.ts';

/** Validated. Names of columns are case-sensitive; a column that the log does not have is null. */
export interface CustomParserDefinition {
  readonly type: 'csv' | 'key-value';
  readonly name: string;
  /** Between the columns, or between the pairs of key and value: one character. */
  readonly delimiter: string;
  /** One column with both, or the two below. Formats are in the letters of SimpleDateFormat, or `epoch`. */
  readonly timestampColumn: string | null;
  readonly timestampFormat: string | null;
  readonly dateColumn: string | null;
  readonly dateFormat: string | null;
  readonly timeColumn: string | null;
  readonly timeFormat: string | null;
  readonly sourceIpColumn: string;
  readonly destinationIpColumn: string | null;
  readonly destinationUrlColumn: string | null;
  readonly userColumn: string | null;
  /** What is around the name: `EXAMPLE\{user}`, `{user}@example.com`, `*\{user}`. */
  readonly userFormat: string | null;
  readonly uploadedBytesColumn: string | null;
  readonly downloadedBytesColumn: string | null;
  readonly totalBytesColumn: string | null;
  readonly actionColumn: string | null;
  /** The value of the action column that means "blocked". */
  readonly denyTerm: string | null;
}

const nameLengthMax = 64;
const columnLengthMax = 100;
const userMark = '{user}';
const wordsForDelimiters: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  space: ' ',
  comma: ',',
  semicolon: ';',
};

const members = [
  'type',
  'name',
  'delimiter',
  'timestampColumn',
  'timestampFormat',
  'dateColumn',
  'dateFormat',
  'timeColumn',
  'timeFormat',
  'sourceIpColumn',
  'destinationIpColumn',
  'destinationUrlColumn',
  'userColumn',
  'userFormat',
  'uploadedBytesColumn',
  'downloadedBytesColumn',
  'totalBytesColumn',
  'actionColumn',
  'denyTerm',
] as const satisfies readonly (keyof CustomParserDefinition)[];

const columnMembers = members.filter((member) => member.endsWith('Column'));

type Given = Readonly<Partial<Record<(typeof members)[number], string>>>;

/** Throws InvalidInput with the member that is wrong and what to change. */
export function parseCustomParser(input: unknown): CustomParserDefinition {
  const given = readMembers(input);
  const type = parseType(given.type);
  const definition: CustomParserDefinition = {
    type,
    name: required(given, 'name', 'Give the parser a name.'),
    delimiter: parseDelimiter(given.delimiter, type),
    timestampColumn: given.timestampColumn ?? null,
    timestampFormat: given.timestampFormat ?? null,
    dateColumn: given.dateColumn ?? null,
    dateFormat: given.dateFormat ?? null,
    timeColumn: given.timeColumn ?? null,
    timeFormat: given.timeFormat ?? null,
    sourceIpColumn: required(given, 'sourceIpColumn', 'Name the column with the address of the client.'),
    destinationIpColumn: given.destinationIpColumn ?? null,
    destinationUrlColumn: given.destinationUrlColumn ?? null,
    userColumn: given.userColumn ?? null,
    userFormat: given.userFormat ?? null,
    uploadedBytesColumn: given.uploadedBytesColumn ?? null,
    downloadedBytesColumn: given.downloadedBytesColumn ?? null,
    totalBytesColumn: given.totalBytesColumn ?? null,
    actionColumn: given.actionColumn ?? null,
    denyTerm: given.denyTerm ?? null,
  };
  checkName(definition.name);
  checkColumns(definition);
  checkTimes(definition);
  checkPairs(definition);
  return definition;
}

/** Texts, trimmed; what is empty or null was not given. The delimiter is taken as it is, because it may be a blank. */
function readMembers(input: unknown): Given {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidInput(
      'customParser',
      'A custom parser is an object with type, name, delimiter and the names of columns.',
    );
  }
  const found: Partial<Record<(typeof members)[number], string>> = {};
  for (const [member, value] of Object.entries(input)) {
    const known = members.find((each) => each === member);
    if (known === undefined) {
      throw new InvalidInput(member, `${member} is no member of a custom parser: use ${members.join(', ')}.`);
    }
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string') throw new InvalidInput(member, `${member} must be a text.`);
    const text = known === 'delimiter' ? value : value.trim();
    if (text !== '') found[known] = text;
  }
  return found;
}

function required(given: Given, member: (typeof members)[number], problem: string): string {
  const value = given[member];
  if (value === undefined) throw new InvalidInput(member, problem);
  return value;
}

function parseType(value: string | undefined): 'csv' | 'key-value' {
  const type = value?.toLowerCase().replaceAll(/[_ ]/g, '-');
  if (type === 'csv' || type === 'key-value') return type;
  throw new InvalidInput('type', 'type must be csv (the first line names the columns) or key-value.');
}

function parseDelimiter(value: string | undefined, type: 'csv' | 'key-value'): string {
  const word = value?.trim().toLowerCase() ?? '';
  const delimiter = Object.hasOwn(wordsForDelimiters, word) ? wordsForDelimiters[word] : value;
  if (delimiter === undefined || !/^[\t -~]$/.test(delimiter) || /[A-Za-z0-9"\\]/.test(delimiter)) {
    throw new InvalidInput(
      'delimiter',
      'delimiter must be one character such as , ; | or the word tab or space; no letter, digit, quotation mark or backslash.',
    );
  }
  if (type === 'key-value' && delimiter === '=') {
    throw new InvalidInput(
      'delimiter',
      'The = stands between key and value: the delimiter is what stands between two pairs.',
    );
  }
  return delimiter;
}

function checkName(name: string): void {
  if (name.length > nameLengthMax || /\p{Cc}/u.test(name)) {
    throw new InvalidInput('name', `name must have 1 to ${nameLengthMax} characters, on one line.`);
  }
}

function checkColumns(definition: CustomParserDefinition): void {
  const seen = new Map<string, string>();
  for (const member of columnMembers) {
    const column = definition[member];
    if (column === null) continue;
    if (column.length > columnLengthMax || /\p{Cc}/u.test(column)) {
      throw new InvalidInput(member, `${member} must have at most ${columnLengthMax} characters, on one line.`);
    }
    // Keys are looked for as they stand in the line, so that they cannot hold what ends them.
    if (
      definition.type === 'key-value' &&
      (!/^[!-~]+$/.test(column) || column.includes('=') || column.includes(definition.delimiter))
    ) {
      throw new InvalidInput(
        member,
        `${member} must be a key of printable ASCII characters without blanks, = and the delimiter.`,
      );
    }
    const other = seen.get(column);
    if (other !== undefined) {
      throw new InvalidInput(member, `${member} and ${other} name the same column: leave one of them out.`);
    }
    seen.set(column, member);
  }
}

function checkTimes({
  timestampColumn,
  timestampFormat,
  dateColumn,
  dateFormat,
  timeColumn,
  timeFormat,
}: CustomParserDefinition): void {
  if (timestampColumn !== null) {
    const extra = Object.entries({ dateColumn, dateFormat, timeColumn, timeFormat }).find(
      ([, value]) => value !== null,
    );
    if (extra)
      throw new InvalidInput(extra[0], `Give timestampColumn, or dateColumn and timeColumn: leave ${extra[0]} out.`);
    const format = checkFormat('timestampFormat', timestampFormat, 'd/M/yyyy HH:mm:ss');
    if (!format.hasDay) throw new InvalidInput('timestampFormat', 'timestampFormat must have a day and a month.');
    return;
  }
  if (dateColumn === null || timeColumn === null) {
    const member =
      dateColumn === null && timeColumn === null
        ? 'timestampColumn'
        : dateColumn === null
          ? 'dateColumn'
          : 'timeColumn';
    throw new InvalidInput(
      member,
      'Name the column with date and time (timestampColumn), or one for each (dateColumn and timeColumn).',
    );
  }
  if (timestampFormat !== null) {
    throw new InvalidInput(
      'timestampFormat',
      'timestampFormat belongs to timestampColumn: use dateFormat and timeFormat.',
    );
  }
  const date = checkFormat('dateFormat', dateFormat, 'd/M/yyyy');
  if (!date.hasDay || date.hasClock)
    throw new InvalidInput('dateFormat', 'dateFormat must have a day and a month, and no time of day.');
  const time = checkFormat('timeFormat', timeFormat, 'HH:mm:ss');
  if (time.hasDay || !time.hasClock) throw new InvalidInput('timeFormat', 'timeFormat must have hours, and no date.');
}

function checkFormat(member: string, format: string | null, example: string) {
  if (format === null) throw new InvalidInput(member, `Give ${member}, such as ${example}.`);
  const parsed = parseTimeFormat(format);
  if (typeof parsed === 'string') throw new InvalidInput(member, parsed);
  return parsed;
}

function checkPairs(definition: CustomParserDefinition): void {
  const { destinationIpColumn, destinationUrlColumn, userColumn, userFormat, actionColumn, denyTerm } = definition;
  if (destinationIpColumn === null && destinationUrlColumn === null) {
    throw new InvalidInput(
      'destinationUrlColumn',
      'Name the column with the URL or host (destinationUrlColumn), or that with the address (destinationIpColumn).',
    );
  }
  if (userFormat !== null) {
    if (userColumn === null)
      throw new InvalidInput('userColumn', 'userFormat says how userColumn is written: name that column.');
    parseUserFormat(userFormat);
  }
  if ((actionColumn === null) !== (denyTerm === null)) {
    const member = actionColumn === null ? 'actionColumn' : 'denyTerm';
    throw new InvalidInput(
      member,
      'Give both: the column that says what was done, and its value for what was blocked.',
    );
  }
  if (denyTerm !== null && denyTerm.length > columnLengthMax) {
    throw new InvalidInput('denyTerm', `denyTerm must have at most ${columnLengthMax} characters.`);
  }
}

export interface UserFormat {
  /** In front of the name; what is in front of that does not matter when `isOpenBefore`. */
  readonly before: string;
  readonly after: string;
  readonly isOpenBefore: boolean;
  readonly isOpenAfter: boolean;
}

/** Throws InvalidInput. */
export function parseUserFormat(format: string): UserFormat {
  const [before = '', after = '', ...rest] = format.split(userMark);
  const parsed = {
    before: before.replace(/^\*/, ''),
    after: after.replace(/\*$/, ''),
    isOpenBefore: before.startsWith('*'),
    isOpenAfter: after.endsWith('*'),
  };
  const isWrong =
    !format.includes(userMark) ||
    rest.length > 0 ||
    format.length > columnLengthMax ||
    (parsed.before + parsed.after).includes('*') ||
    (parsed.isOpenBefore && parsed.before === '') ||
    (parsed.isOpenAfter && parsed.after === '');
  if (isWrong) {
    throw new InvalidInput(
      'userFormat',
      'userFormat must have {user} once and what is around it, such as EXAMPLE\\{user}, {user}@example.com or *\\{user}.',
    );
  }
  return parsed;
}
