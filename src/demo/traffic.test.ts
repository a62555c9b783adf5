import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayMs } from '../lib/clock.ts';
import { fortiGateLog, squidLog } from './appliances.ts';
import { cast, castPeople } from './cast.ts';
import { type DemoOptions, demoDays, demoRecords, demoStories } from './records.ts';
import { demoTraffic, type Visit } from './traffic.ts';
import { manyBytes } from './web-apps.ts';

const options: DemoOptions = { seed: 'test', date: Date.UTC(2026, 10, 21) };

function trafficOf(slug: string, changes: Partial<DemoOptions> = {}) {
  const member = cast.find((each) => each.slug === slug) ?? assert.fail(slug);
  const told: DemoOptions = { ...options, ...changes };
  const lines = [...demoRecords(member, castPeople(member), told)];
  const stories = demoStories(member, castPeople(member), told);
  return { lines, stories, traffic: demoTraffic(member, lines, stories, told) };
}

const told = { contoso: trafficOf('contoso'), fabrikam: trafficOf('fabrikam') };

test('the same seed and date give the same logs, others give others', () => {
  assert.deepEqual(trafficOf('contoso').traffic, told.contoso.traffic);
  assert.notDeepEqual(trafficOf('contoso', { seed: 'other' }).traffic, told.contoso.traffic);
});

test('whoever visits an app worked from that address on that day, as the activities tell, and only from inside', () => {
  for (const { lines, traffic } of Object.values(told)) {
    const worked = new Set<string>();
    for (const line of lines) {
      const { UserId, ClientIP } = JSON.parse(line) as { UserId: string; ClientIP: string }; // Of records.ts.
      worked.add(`${UserId} ${ClientIP}`);
    }
    const visits = [...traffic.firewall, ...traffic.proxy];
    assert.ok(visits.length > 1000, String(visits.length));
    for (const { userName, address } of visits)
      assert.ok(worked.has(`${userName} ${address}`), `${userName} ${address}`);
    assert.ok(visits.every(({ address }) => !address.startsWith('203.0.113.')));
    assert.ok(traffic.proxy.length > 100 && traffic.proxy.length < traffic.firewall.length);
    assert.ok(traffic.guests.every(({ userName, machine }) => userName === '' && machine === ''));
  }
});

test('every log is in order, within the month', () => {
  for (const { traffic } of Object.values(told)) {
    for (const visits of Object.values(traffic) as (readonly Visit[])[]) {
      const times = visits.map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((left, right) => left - right),
      );
      assert.ok(times.every((at) => at >= options.date - demoDays * dayMs && at < options.date));
    }
  }
});

test('what is not wanted is blocked in the end, and one app gets more uploads in a day than anything else', () => {
  for (const { traffic } of Object.values(told)) {
    const visits = [...traffic.firewall, ...traffic.proxy];
    const blocked = visits.filter(({ isBlocked }) => isBlocked);
    assert.ok(blocked.length > 0);
    assert.ok(blocked.every(({ host, uploadedBytes }) => /mega|mediafire/.test(host) && uploadedBytes === 0));
    const byAppDay = new Map<string, number>();
    for (const { host, at, uploadedBytes } of traffic.firewall) {
      const key = `${host} ${Math.floor(at / dayMs)}`;
      byAppDay.set(key, (byAppDay.get(key) ?? 0) + uploadedBytes);
    }
    const above = [...byAppDay].filter(([, bytes]) => bytes >= manyBytes / 2);
    assert.equal(above.length, 1, JSON.stringify(above));
    assert.match(String(above[0]?.[0]), /^wetransfer\.com /);
  }
});

test('what took the session away had come from a site for files, in the log of the day', () => {
  for (const { stories, traffic } of Object.values(told)) {
    const story = stories.find(({ name }) => name === 'token') ?? assert.fail();
    const first = story.told[0] ?? assert.fail();
    const file = [...traffic.firewall, ...traffic.proxy].find(({ host }) => host === 'download2390.mediafire.com');
    assert.equal(file?.userName, story.victim);
    assert.ok(file.at > first.at && file.at - first.at < 120_000);
  }
});

test('all addresses in the logs are those for documentation', () => {
  const documentation = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/;
  const { firewall, proxy, guests } = told.contoso.traffic;
  const text = fortiGateLog(firewall) + squidLog([...proxy, ...guests]);
  for (const [address] of text.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g)) assert.match(address, documentation);
  for (const [address] of text.matchAll(/\b[0-9a-f]{4}:[0-9a-f:]+:[0-9a-f]*\b/g)) assert.match(address, /^2001:db8:/);
});
