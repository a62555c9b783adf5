import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandRecord } from '../record-text.ts';
import { readUserAgent, userAgentTags } from './user-agent.ts';

interface Wire {
  readonly family: string;
  readonly name: string;
  readonly major?: string;
  readonly operatingSystem: { readonly name: string; readonly family: string };
  readonly type: string;
  readonly deviceType: string;
  readonly nativeBrowser: boolean;
  readonly tags: readonly string[];
}

const wireOf = (text: string): Wire => JSON.parse(`{"":{${expandRecord(readUserAgent(text).piece)}}`).userAgent as Wire; // The shape that is asserted on.

test('a browser is named with its version, system and kind of device', () => {
  const edge = wireOf(
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0',
  );
  assert.equal(edge.name, 'Microsoft Edge');
  assert.equal(edge.major, '138');
  assert.deepEqual([edge.operatingSystem.name, edge.operatingSystem.family], ['Windows 10', 'Windows']);
  assert.deepEqual([edge.type, edge.deviceType, edge.nativeBrowser, edge.tags], ['Browser', 'DESKTOP', false, []]);

  const phone = readUserAgent(
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  );
  assert.equal(phone.deviceType, 'MOBILE');
  assert.deepEqual(phone.tags, []);
});

test('the browser inside of what Exchange writes is found', () => {
  const agent = wireOf('Client=OWA;Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  assert.equal(agent.name, 'Firefox');
  assert.equal(agent.type, 'Browser');
});

test('the short form of sign-in records is understood', () => {
  const agent = wireOf(';Windows 10;Chrome 91.0;');
  assert.equal(agent.family, 'CHROME');
  assert.equal(agent.major, '91');
  assert.equal(agent.operatingSystem.name, 'Windows 10');
  assert.deepEqual(agent.tags, [userAgentTags.outdatedBrowser]);
});

test('programs that are no browser are native clients', () => {
  for (const [text, name] of [
    ['Microsoft SkyDriveSync 25.105.0601.0002 ship; Windows NT 10.0 (26100)', 'Microsoft OneDrive for Business'],
    ['Client=MSExchangeRPC', 'Microsoft Outlook'],
    ['Client=ActiveSync;UserAgent=Apple-iPhone15C2/2106.84', 'Exchange ActiveSync'],
    ['python-requests/2.32', 'python-requests'],
  ] as const) {
    const agent = wireOf(text);
    assert.equal(agent.name, name, text);
    assert.equal(agent.type, 'Application', text);
    assert.ok(agent.tags.includes(userAgentTags.nativeClient), text);
  }
});

test('outdated browsers and systems, and robots, are tagged', () => {
  const { outdatedBrowser, outdatedSystem, robot } = userAgentTags;
  const tagsOf = (text: string): readonly string[] => readUserAgent(text).tags;
  assert.deepEqual(tagsOf('Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko'), [
    outdatedBrowser,
    outdatedSystem,
  ]);
  assert.deepEqual(tagsOf('Mozilla/5.0 (X11; Linux x86_64; rv:72.0) Gecko/20100101 Firefox/72.0'), [outdatedBrowser]);
  assert.deepEqual(
    tagsOf(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    ),
    [],
  );
  assert.deepEqual(tagsOf('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'), [robot]);
});

test('any text gives a well-formed result', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `Mozilla/5.0 (${text}`),
      ),
      (text) => {
        const agent = readUserAgent(text);
        assert.ok(agent.piece.isWellFormed());
        assert.deepEqual(wireOf(text).tags, agent.tags);
      },
    ),
  );
});
