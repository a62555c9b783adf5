import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCookie } from 'cookie';
import fc from 'fast-check';
import { TestClock } from '../../../test/support/clock.ts';
import { testKeys } from '../../../test/support/services.ts';
import { minuteMs } from '../../lib/clock.ts';
import { newId, type TenantId } from '../../lib/ids.ts';
import { openPending, parseReturnTo, pendingCookie, pendingCookieName } from './pending.ts';

const exchange = { redirectUri: 'https://localhost/x', state: 's', nonce: 'n', verifier: 'v' };
const begun = { tenantId: newId<TenantId>(), revision: 1, exchange, returnTo: '/portal/' };

test('a sign-in that is in progress is over after ten minutes, and opens with the keys of this deployment only', () => {
  const clock = new TestClock();
  const services = { clock: clock.now, keys: testKeys() };
  const value = parseCookie(pendingCookie(services, begun))[pendingCookieName];
  const { expiresAt, ...opened } = openPending(services, value) ?? { expiresAt: 0 };
  assert.deepEqual([opened, expiresAt], [begun, clock.now() + 10 * minuteMs]);
  assert.equal(openPending({ ...services, keys: testKeys() }, value), undefined);
  for (const wrong of [undefined, '', 'x', `${value}A`]) assert.equal(openPending(services, wrong), undefined);
  clock.advance(10 * minuteMs - 1);
  assert.ok(openPending(services, value));
  clock.advance(1);
  assert.equal(openPending(services, value), undefined);
});

test('wherever a sign-in is asked to lead, a browser stays on this host and in the portal', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ maxLength: 60 }).map((end) => `/portal${end}`),
    fc
      .array(fc.constantFrom('/', '..', '.', '\\', '%2e', '%2F', 'portal', 'sign-in', '@evil.example', '?', '#', '\t'))
      .map((parts) => `/portal${parts.join('')}`),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(text, (wanted) => {
      const got = parseReturnTo(wanted);
      const url = new URL(got, 'https://here.example');
      assert.equal(url.origin, 'https://here.example');
      assert.match(url.pathname, /^\/portal(?:\/|$)/);
      assert.doesNotMatch(url.pathname, /^\/portal\/sign-in/);
      assert.equal(parseReturnTo(got), got);
    }),
    { numRuns: 2000 },
  );
});
