// The head of a syslog message as the documented agent writes it (cloud-apps reference 4): `[<PRI>]<time> [system] `, and
// how messages are told apart on a connection. The choice of a format is one of the time: there is no version, no
// process and no structured data of RFC 5424.

export type TimeFormat = 'rfc5424' | 'rfc3164' | 'rfc3164-with-year';

export interface HeadFormat {
  readonly timeFormat: TimeFormat;
  readonly includesPri: boolean;
  /** Null leaves it out. */
  readonly systemName: string | null;
}

/** RFC 5424 section 6.2.1. */
export const severities = { error: 3, warning: 4, notice: 5, informational: 6 } as const;

/** User-level messages, RFC 5424 section 6.2.1. */
const facility = 1;

export function syslogHead({ timeFormat, includesPri, systemName }: HeadFormat, at: number, severity: number): string {
  const pri = includesPri ? `<${facility * 8 + severity}>` : '';
  return `${pri}${timeText(at, timeFormat)} ${systemName === null ? '' : `${systemName} `}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** In UTC. RFC 3164 section 4.1.2 fills a day of one digit with a space. */
export function timeText(at: number, format: TimeFormat): string {
  const date = new Date(at);
  if (format === 'rfc5424') return date.toISOString();
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const year = format === 'rfc3164-with-year' ? ` ${date.getUTCFullYear()}` : '';
  return `${months[date.getUTCMonth()]} ${day}${year} ${date.toISOString().slice(11, 19)}`;
}

/** How messages are told apart on a stream (RFC 6587 section 3.4). */
export type Framing = 'lines' | 'octet-counting';

/** The messages as the bytes that go over a stream. */
export function frame(messages: readonly string[], framing: Framing): Buffer {
  if (framing === 'lines') return Buffer.from(messages.map((message) => `${message}\n`).join(''));
  return Buffer.concat(
    messages.flatMap((message) => {
      const bytes = Buffer.from(message);
      return [Buffer.from(`${bytes.length} `), bytes];
    }),
  );
}

/** The text cut to so many bytes of UTF-8, never within a character. */
export function cutToBytes(text: string, bytesMax: number): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return bytes;
  let end = bytesMax;
  // 10xxxxxx goes on with a character that began before.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
