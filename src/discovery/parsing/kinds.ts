import type { CustomParserDefinition } from '../custom-parser/definition.ts';
import type { LogParser } from '../formats/reader.ts';
import { parserOf, unpublished } from '../parsers.ts';
import type { LogKind, LogSource } from '../sources.ts';
import { LogRefused } from './refused.ts';

/** What a log is said to be, in a form that goes from thread to thread. */
export interface NamedKind {
  readonly kind: LogKind;
  readonly isSyslog: boolean;
  /** Of the kind CUSTOM_PARSER. */
  readonly custom: CustomParserDefinition | null;
  /** No syslog headers are looked for: its first records all have the right shape without. */
  readonly isBare: boolean;
}

export function kindOf({ kind, isSyslog }: LogSource, custom: CustomParserDefinition | null): NamedKind {
  return { kind, isSyslog, custom, isBare: false };
}

/** Undefined when there is none for the kind: see {@link refusalOf}. */
export async function findParser({ kind, isSyslog, custom, isBare }: NamedKind): Promise<LogParser | undefined> {
  if (kind === 'CUSTOM_PARSER') {
    if (custom === null) return undefined;
    const { customParser } = await import('../custom-parser/parser.ts');
    return customParser(custom);
  }
  const parser = await parserOf(kind);
  if (!parser || isBare) return parser;
  const { withSyslog } = await import('../formats/syslog.ts');
  return withSyslog(parser, isSyslog);
}

export async function getParser(named: NamedKind): Promise<LogParser> {
  const parser = await findParser(named);
  if (!parser) throw refusalOf(named.kind);
  return parser;
}

/** Why logs of the kind are not read. */
function refusalOf(kind: LogKind): LogRefused {
  if (kind === 'CUSTOM_PARSER') {
    return new LogRefused(
      'unpublished-format',
      'This data source has no custom parser. Describe one, then upload the log again.',
    );
  }
  const reason = unpublished[kind] ?? 'Its format is published nowhere.';
  return new LogRefused('unpublished-format', `Unsupported log type: ${kind} is not read here. ${reason}`);
}
