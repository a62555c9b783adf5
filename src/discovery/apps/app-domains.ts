// Domains that people give to apps.
import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { InvalidInput } from '../../lib/failures.ts';

/**
 * A host name in lower-case ASCII that can own other hosts: below a public suffix, no suffix itself. A leading dot or `*.`, as
 * proxies write it, is taken away. Throws InvalidInput.
 */
export function parseAppDomain(field: string, text: string): string {
  const typed = text
    .trim()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  // The conversion reads its input as the host of a URL and would quietly drop a path or port behind it.
  const domain = /^[\p{L}\p{M}\p{N}._-]{1,253}$/u.test(typed) ? domainToASCII(typed).toLowerCase() : '';
  const labels = domain.split('.');
  const isName = labels.length > 1 && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  if (!isName || domain.length > 253 || /^[0-9]+$/.test(labels.at(-1) ?? '')) {
    throw new InvalidInput(field, `${JSON.stringify(text.slice(0, 60))} is no domain such as contoso.example.`);
  }
  const found = parse(domain, { extractHostname: false, validateHostname: false });
  if (found.domain === null) {
    throw new InvalidInput(field, `${domain} is a public suffix: everybody's domains lie below it.`);
  }
  return domain;
}
