// Lines of an FTP control connection (RFC 959 section 4, RFC 4217 for TLS, RFC 2428 for EPSV).

export interface Command {
  /** Upper case. */
  readonly verb: string;
  readonly argument: string;
}

/** A command line is no longer than this; a client that sends more is no FTP client. */
export const commandBytesMax = 4096;

export function parseCommand(line: string): Command {
  // Clients put signals of Telnet before ABOR.
  const text = line.replace(/\r$/, '').replace(/^[^\x20-\x7e]+/, '');
  const space = text.indexOf(' ');
  return space < 0
    ? { verb: text.toUpperCase(), argument: '' }
    : { verb: text.slice(0, space).toUpperCase(), argument: text.slice(space + 1) };
}

/** A path as the client sees it, from the root: `..` never leads out of it, because nothing is ever looked up on the disk. */
export function resolvePath(current: readonly string[], path: string): string[] {
  const parts = path.startsWith('/') ? [] : [...current];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

/** Quotes are doubled within a quoted path (RFC 959 appendix II). */
export function quotedPath(parts: readonly string[]): string {
  return `"/${parts.join('/').replaceAll('"', '""')}"`;
}
