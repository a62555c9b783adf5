// What names in the directory may look like. Every function gives the normal form or throws InvalidInput that names the
// field, so that what reaches the store needs no second look.
import { domainToASCII } from 'node:url';
import { InvalidInput } from '../lib/failures.ts';

const displayNameMax = 256;
/** The user principal name of the documented directory: 64 characters, "@", 48 characters. */
const userNameMax = 113;
const localPartMax = 64;
const domainMax = 48;

/** Host names and words that a tenant's own host name must not imitate. */
const reservedSlugs = new Set(
  (
    'www login signin sign-in logout auth sso sts oauth account accounts api apis portal admin administrator console graph ' +
    'security defender securitycenter cloudappsecurity cas management manage setup status health metrics help support ' +
    'docs mail smtp imap ftp ns ns1 ns2 dns cdn static assets localhost local internal root system sallyport operator ' +
    'organizations common consumers tenant tenants default test-ca wpad autodiscover'
  ).split(' '),
);

/** First label of a tenant's own host name: 3 to 40 of a-z, 0-9 and inner hyphens; none that misleads or is taken. */
export function parseSlug(field: string, text: string): string {
  const slug = text.trim().toLowerCase();
  if (!/^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$/.test(slug)) {
    throw new InvalidInput(field, 'A tenant slug has 3 to 40 letters a-z, digits and inner hyphens.');
  }
  // "xn--" and its kind are labels of internationalised names (RFC 5890 section 2.3.1): they would read as other text.
  if (slug.slice(2, 4) === '--') throw new InvalidInput(field, 'A tenant slug has no two hyphens at places 3 and 4.');
  if (reservedSlugs.has(slug)) throw new InvalidInput(field, `The slug "${slug}" is reserved. Choose another one.`);
  return slug;
}

/** A domain in lower-case ASCII (RFC 5890 A-labels), with at least two labels and 48 characters at most. */
export function parseDomain(field: string, text: string): string {
  const typed = text.trim().replace(/\.$/, '');
  // The conversion reads its input as the host of a URL and would quietly drop a path or port behind it.
  const domain = /^[\p{L}\p{M}\p{N}.-]+$/u.test(typed) ? domainToASCII(typed).toLowerCase() : '';
  const labels = domain.split('.');
  const isName = labels.length >= 2 && labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  if (!isName || /^[0-9]+$/.test(labels.at(-1) ?? '')) {
    throw new InvalidInput(field, 'A domain is a host name with at least one dot, such as contoso.example.');
  }
  if (domain.length > domainMax) throw new InvalidInput(field, `A domain has at most ${domainMax} characters.`);
  return domain;
}

/** A user name (`name@domain`) in lower case, with its domain. Which domains a tenant has is for the caller to check. */
export function parseUserName(field: string, text: string): { userName: string; domain: string } {
  const userName = text.trim().toLowerCase();
  const problem = 'A user name is name@domain; the name has letters a-z, digits and any of . - _ ! # ^ ~ inside.';
  const at = userName.lastIndexOf('@');
  const local = userName.slice(0, Math.max(at, 0));
  if (userName.length > userNameMax || local.length > localPartMax) {
    throw new InvalidInput(
      field,
      `A user name has at most ${localPartMax} characters before the @, ${userNameMax} in all.`,
    );
  }
  if (!/^[a-z0-9_!#^~'-]+(?:\.[a-z0-9_!#^~'-]+)*$/.test(local)) throw new InvalidInput(field, problem);
  const domain = parseDomain(field, userName.slice(at + 1));
  return { userName: `${local}@${domain}`, domain };
}

/** The longest mailbox name (RFC 3696 erratum 1690, as directories still keep it) and the longest that services report. */
export const reportedNameMax = 320;

/**
 * A user name as a service reports it, in lower case: name@domain, where guests and services have more characters and other
 * domains (`app@sharepoint`) than {@link parseUserName} takes, or a name of its own such as `NT AUTHORITY\SYSTEM`.
 */
export function parseReportedUserName(field: string, text: string): string {
  const name = text.trim().toLowerCase();
  if (name.length > reportedNameMax) {
    throw new InvalidInput(field, `A user name has at most ${reportedNameMax} characters.`);
  }
  if (name === '' || hasControls(name)) {
    throw new InvalidInput(field, 'A user name is one line of text without control characters, such as name@domain.');
  }
  if (!name.includes('@') || /^[^\s@,;<>"]+@[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*$/u.test(name)) return name;
  const problem =
    'A user name with an @ is one name@domain, without blanks, commas, semicolons, quotation marks and angle brackets.';
  throw new InvalidInput(field, problem);
}

/** A name for people to read: 1 to 256 characters, one line, nothing that turns or hides text. */
export function parseDisplayName(field: string, text: string): string {
  return parseText(field, text, displayNameMax);
}

/** One line of text of 1 to `max` characters, trimmed. */
export function parseText(field: string, text: string, max: number): string {
  const line = text.trim();
  if (line === '') throw new InvalidInput(field, 'This must not be empty.');
  if ([...line].length > max) throw new InvalidInput(field, `This may have at most ${max} characters.`);
  if (hasControls(line)) throw new InvalidInput(field, 'This may have no control characters and be one line only.');
  return line;
}

/** Control characters, halves of surrogate pairs, and marks that turn the direction of the text around them. */
export function hasControls(text: string): boolean {
  return !text.isWellFormed() || /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(text);
}

/** What a person types to find something: at most 200 characters; undefined when there is nothing to search for. */
export function parseSearch(text: string | undefined): string | undefined {
  const wanted = text?.trim() ?? '';
  if (wanted === '') return undefined;
  return parseText('search', wanted, 200);
}
