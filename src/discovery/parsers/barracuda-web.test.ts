// Lines in the shapes of Barracuda, "Syslog and the Barracuda Web Security Gateway" and "Understanding Syslog Messages for the Barracuda
// Web Filter"; of CloudGen, "How to Configure Web Log Streaming".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const epoch = Date.parse('2026-11-21T08:15:30Z') / 1000;
const time = '2026-11-21T08:15:30.000Z';

test('places of the web filter: allowed, denied by policy, blocked for a virus, with and without user', async () => {
  const text = [
    `Nov 21 08:15:30 Barracuda http_scan[3365]: ${epoch} 1 192.0.2.8 203.0.113.43 image/gif 192.0.2.8 http://www.example.com/a.gif 813 BYF ALLOWED CLEAN 2 0 0 0 0 (-) 0 - 0 - 0 www.example.com - [ldap0:jane] http://other.example/ other.example news 0`,
    `Nov 21 08:15:30 Barracuda httpscan[3365]: ${epoch} 1 192.0.2.8 203.0.113.29 text/html 192.0.2.8 http://casino.example/ 2704 BYF ALLOWED CLEAN 2 1 0 1 3 (-) 1 gambling 0 - 0 casino.example gambling [ANON] http://casino.example/`,
    `http_scan[7]: ${epoch} 1 2001:db8::8 203.0.113.30(198.51.100.7) application/zip 2001:db8::8 https://files.example.com/x[1].zip 100 BYF BLOCKED VIRUS Stream=>Eicar-Test-Signature FOUND 2 1 0 1 0 (-) 0 - 0 - 0 files.example.com - [jane] -`,
    'Nov 21 08:15:30 Barracuda web: [192.0.2.1] global[] CHANGE system_password',
    `${epoch} 1 192.0.2.8`,
  ].join('\n');
  assert.deepEqual(await readLog('BARRACUDA', text), [
    {
      time,
      url: 'http://www.example.com/a.gif',
      destination: '203.0.113.43',
      user: 'jane',
      source: '192.0.2.8',
      downloaded: 813,
    },
    {
      time,
      url: 'http://casino.example/',
      destination: '203.0.113.29',
      source: '192.0.2.8',
      downloaded: 2704,
      isBlocked: true,
    },
    {
      time,
      url: 'https://files.example.com/x[1].zip',
      destination: '203.0.113.30',
      user: 'jane',
      source: '2001:db8::8',
      downloaded: 100,
      isBlocked: true,
    },
    { skipped: 'malformed' },
    { skipped: 'malformed' },
  ]);
});

test('the web log of CloudGen firewalls in its default template', async () => {
  const text = [
    `<14>Nov 21 08:15:30 gw NG_Firewall[]: ${epoch} 1 192.0.2.8 203.0.113.43 text/html 192.0.2.8 www.example.com/a 813 BYF ALLOWED CLEAN 2 1 0 0 0 (-) 0 business 0 - 0 www.example.com business [jane] www.example.com - - 0`,
    `NG_Firewall[]: ${epoch} 1 192.0.2.8 203.0.113.44 - 192.0.2.8 casino.example/ 0 BYF ALLOWED CLEAN 2 1 0 1 0 (-) 1 gambling 0 - 0 casino.example gambling [] casino.example - - 0`,
  ].join('\n');
  assert.deepEqual(await readLog('BARRACUDA_NEXT_GEN_FW_WEBLOG', text), [
    { time, url: 'www.example.com/a', destination: '203.0.113.43', user: 'jane', source: '192.0.2.8', downloaded: 813 },
    { time, url: 'casino.example/', destination: '203.0.113.44', source: '192.0.2.8', downloaded: 0, isBlocked: true },
  ]);
});
