import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HostScanner } from './hosts.ts';

function hostOf(text: string): string | null {
  const scanner = new HostScanner();
  // Between other text, so that a scanner that leaves the value is noticed.
  const bytes = Buffer.from(`//before.example ${text}.after.example`);
  const end = bytes.length - '.after.example'.length;
  return scanner.scan(bytes, 17, end) ? bytes.toString('utf8', scanner.start, scanner.end) : null;
}

test('the host is found in everything that logs write for a destination', () => {
  const cases: [string, string | null][] = [
    ['www.example.com', 'www.example.com'],
    ['www.example.com:443', 'www.example.com'],
    ['https://WWW.Example.com/a/b?c=d', 'WWW.Example.com'],
    ['http://www.example.com', 'www.example.com'],
    ['tunnel://www.example.com:443/', 'www.example.com'],
    ['//www.example.com/path', 'www.example.com'],
    ['ftp://user:pass@ftp.example.com:21/x', 'ftp.example.com'],
    ['http://us%20er:p%3Aw@www.example.com/', 'www.example.com'],
    ['http://user@www.example.com/a@b', 'www.example.com'],
    ['CONNECT www.example.com:443 HTTP/1.1', 'www.example.com'],
    ['GET http://www.example.com/index.html HTTP/1.1', 'www.example.com'],
    ['www.example.com/path?u=http://other.example', 'www.example.com'],
    ['www.example.com?x', 'www.example.com'],
    ['http://[2001:db8::1]:8080/x', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['http://192.0.2.7:80/', '192.0.2.7'],
    ['bücher.example', 'bücher.example'],
    ['www.example.com.', 'www.example.com.'],
    ['', null],
    ['/index.html', null],
    ['http:///path', null],
    ['<script>', null],
    ['http://[2001:db8::1', null],
    [`${'a'.repeat(300)}.example`, null],
  ];
  for (const [text, host] of cases) {
    assert.equal(hostOf(text), host, text);
  }
});

test('whatever the destination is, the host lies in it and holds nothing that no host does', () => {
  const unit = fc.constantFrom(
    'a',
    'B',
    '.',
    ':',
    '/',
    '@',
    '[',
    ']',
    '%',
    ' ',
    '?',
    '#',
    '1',
    '\u00fc',
    '<',
    '"',
    '\\',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      const host = hostOf(text);
      if (host === null) return;
      assert.ok(text.includes(host));
      assert.match(host, /^[^\s/?#@[\]<>"\\]+$/);
    }),
    { numRuns: 5000 },
  );
});
