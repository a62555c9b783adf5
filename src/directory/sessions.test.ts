import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { testConfig } from '../../test/support/services.ts';
import { hourMs, minuteMs, secondMs } from '../lib/clock.ts';
import { newId, type SessionId } from '../lib/ids.ts';
import type { MasterKey } from '../lib/seal.ts';
import { buildNames } from '../listening/names.ts';
import { deriveKeys } from '../master-key.ts';
import {
  csrfProblem,
  csrfTokenOf,
  isCliSessionValue,
  isCookieValue,
  mintCliSessionValue,
  mintCookieValue,
  ownOriginsOf,
  sessionProblem,
  touchEveryMs,
} from './sessions.ts';

const keys = deriveKeys(randomBytes(32) as MasterKey);
const config = testConfig('/nonexistent');

test('values are recognised by their form, and an altered command-line value is not', () => {
  const value = mintCliSessionValue();
  assert.ok(isCliSessionValue(value) && !isCookieValue(value));
  for (let place = 0; place < value.length; place++) {
    const sign = value[place] === '0' ? '1' : '0';
    assert.equal(isCliSessionValue(value.slice(0, place) + sign + value.slice(place + 1)), false);
  }
  const cookie = mintCookieValue();
  assert.ok(isCookieValue(cookie) && !isCliSessionValue(cookie));
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => !isCliSessionValue(text)));
});

test('a session is over when it was ended, not used for the idle time, or at its end, to the millisecond', () => {
  const now = 1_800_000_000_000;
  const session = { endedAt: null, lastSeenAt: now, expiresAt: now + 12 * hourMs };
  const idle = config.sessionIdleSecondsMax * secondMs;
  assert.equal(sessionProblem(session, now + idle - 1, config), undefined);
  assert.match(sessionProblem(session, now + idle, config) ?? '', /not used/);
  const used = { ...session, lastSeenAt: session.expiresAt - 1 };
  assert.equal(sessionProblem(used, session.expiresAt - 1, config), undefined);
  assert.match(sessionProblem(used, session.expiresAt, config) ?? '', /at most/);
  assert.match(sessionProblem({ ...session, endedAt: now }, now, config) ?? '', /ended/);
});

test('the last use is written at most once a minute, and often enough for a short idle time', () => {
  assert.equal(touchEveryMs(config), minuteMs);
  assert.equal(touchEveryMs({ ...config, sessionIdleSecondsMax: 60 }), 15 * secondMs);
});

test('only the own token from an own page passes', () => {
  const [id, other] = [newId<SessionId>(), newId<SessionId>()];
  const own = ['https://localhost:8443', 'https://contoso.localhost:8443'];
  const token = { 'x-csrf-token': csrfTokenOf(keys, id) };
  for (const headers of [
    token,
    { ...token, origin: 'https://localhost:8443' },
    { ...token, origin: 'https://Contoso.localhost:8443', 'sec-fetch-site': 'same-origin' },
  ]) {
    assert.equal(csrfProblem(keys, id, headers, own), undefined);
  }
  for (const headers of [
    {},
    { 'x-csrf-token': [csrfTokenOf(keys, id)] },
    { 'x-csrf-token': csrfTokenOf(keys, other) },
    { 'x-csrf-token': csrfTokenOf(deriveKeys(randomBytes(32) as MasterKey), id) },
    { ...token, origin: 'https://localhost' },
    { ...token, origin: 'http://localhost:8443' },
    { ...token, origin: 'https://fabrikam.localhost:8443' },
    { ...token, origin: ['https://localhost:8443', 'https://evil.example'] },
    { ...token, 'sec-fetch-site': 'same-site' },
    { ...token, 'sec-fetch-site': 'none' },
  ]) {
    assert.notEqual(csrfProblem(keys, id, headers, own), undefined, JSON.stringify(headers));
  }
});

test('own pages are those of the generic host and of the host that was called', () => {
  const names = buildNames({ publicUrl: null, port: 8443, hostAliases: [], isDemo: false, vendorHosts: false });
  assert.deepEqual(ownOriginsOf(names, { host: 'Contoso.localhost:9000' }), [
    'https://localhost:8443',
    'https://contoso.localhost:9000',
  ]);
  assert.deepEqual(ownOriginsOf(names, {}), ['https://localhost:8443']);
});
