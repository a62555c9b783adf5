// Messages held against the published samples of the documented agent (generic SIEM integration, sample activity and alert
// logs): made-up people and ids, the same fields in the same order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cefText, extensionValue, headerValue } from './cef.ts';
import { activityMessage, alertMessage, type MessageFormat } from './messages.ts';
import { cutToBytes, frame, timeText } from './syslog.ts';

const generic: MessageFormat = {
  dialect: 'generic-cef',
  head: { timeFormat: 'rfc5424', includesPri: false, systemName: null },
  portalUrl: 'https://contoso.sallyport.example',
  version: '0.1.0',
};
const arcsight: MessageFormat = { ...generic, dialect: 'arcsight-cef' };

const at = Date.UTC(2026, 10, 5, 17, 50, 4);
const id = `${at}_167ae3eb-ed33-454a-b548-c2ed6cea6ef0`;
const activity = {
  _id: id,
  timestamp: at,
  appId: 14509,
  appName: 'ServiceNow',
  eventTypeName: 'EVENT_CATEGORY_LOGOUT',
  description: 'Log out',
  description_metadata: { event_category: 'Log out' },
  device: { clientIP: '192.0.2.151', userAgent: null },
  user: { userName: 'admin@contoso.example' },
  mainInfo: { eventObjects: [{ name: '' }, { name: 'sys_user' }, { name: 'admin@contoso.example' }] },
};
const activityCef =
  `CEF:0|MCAS|SIEM_Agent|0.1.0|EVENT_CATEGORY_LOGOUT|Log out|0|externalId=${id} rt=${at} start=${at} end=${at} msg=Log out ` +
  'suser=admin@contoso.example destinationServiceName=ServiceNow dvc=192.0.2.151 requestClientApplication= cs1Label=portalURL ' +
  `cs1=https://contoso.sallyport.example/#/audits?activity.id\\=eq(${id},) cs2Label=uniqueServiceAppIds cs2=APPID_SERVICENOW ` +
  'cs3Label=targetObjects cs3=,sys_user,admin@contoso.example cs4Label=policyIDs cs4= c6a1Label="Device IPv6 Address" c6a1=';

const alert = {
  _id: '596a7e360c204203a335a3fb',
  timestamp: at,
  title: 'Many downloads',
  description: 'Activity policy "A &amp; B" was triggered by &lt;admin&gt;',
  severityValue: 0,
  threatScore: 0,
  idValue: 0xf0_00_01,
  policy: { id: '59f0ab82f797fa0681e9b1c7', label: 'my|Policy', type: 'policyRule', policyType: 'AUDIT' },
  entities: [
    { type: 'policyRule', id: '59f0ab82f797fa0681e9b1c7', label: 'my|Policy' },
    {
      type: 'account',
      id: 'admin@contoso.example',
      label: 'Admin',
      pa: 'admin@contoso.example',
      em: 'admin@contoso.example',
    },
    { type: 'user', id: 'admin@contoso.example', label: 'Admin' },
    { type: 'service', id: 20893, label: 'Microsoft Exchange Online' },
  ],
  audits: [`${at - 1}_a`, `${at}_b`],
  URL: 'https://contoso.sallyport.example/#/alerts/596a7e360c204203a335a3fb',
};
const alertCef =
  'CEF:0|MCAS|SIEM_Agent|0.1.0|ALERT_CABINET_EVENT_MATCH_AUDIT|my\\|Policy|3|externalId=596a7e360c204203a335a3fb ' +
  `start=${at} end=${at} msg=Activity policy "A & B" was triggered by <admin> suser=admin@contoso.example ` +
  'destinationServiceName=Microsoft Exchange Online cn1Label=riskScore cn1= cs1Label=portalURL ' +
  'cs1=https://contoso.sallyport.example/#/alerts/596a7e360c204203a335a3fb cs2Label=uniqueServiceAppIds cs2=APPID_OUTLOOK ' +
  `cs3Label=relatedAudits cs3=${at - 1}_a,${at}_b cs4Label=policyIDs cs4=59f0ab82f797fa0681e9b1c7`;

describe('generic CEF', () => {
  test('an activity is the published line, empty values included', () => {
    assert.equal(activityMessage(activity, generic), `2026-11-05T17:50:04.000Z ${activityCef}`);
  });

  test('an alert is the published line', () => {
    assert.equal(alertMessage(alert, generic), `2026-11-05T17:50:04.000Z ${alertCef}`);
  });

  test('an address goes into the field of its family', () => {
    const six = activityMessage({ ...activity, device: { clientIP: '2001:db8::7' } }, generic);
    assert.match(six, / dvc= .* c6a1Label="Device IPv6 Address" c6a1=2001:db8::7$/);
    const entities = [...alert.entities, { type: 'ip', id: '192.0.2.1' }, { type: 'ip', id: '2001:db8::1' }];
    const end = ' src=192.0.2.1 c6a1Label="Device IPv6 Address" c6a1=2001:db8::1';
    assert.equal(alertMessage({ ...alert, entities }, generic), `2026-11-05T17:50:04.000Z ${alertCef}${end}`);
  });

  test('severities, scores and names that are not published have a place of their own', () => {
    const of = (changes: object) => alertMessage({ ...alert, ...changes }, generic);
    assert.deepEqual(
      [0, 1, 2, 3].map((severityValue) => /\|(\d+)\|externalId/.exec(of({ severityValue }))?.[1]),
      ['3', '6', '8', '1'],
    );
    assert.match(of({ threatScore: 42 }), / cn1=42 /);
    assert.match(of({ idValue: 9_000_003 }), /\|ALERT_9000003\|/);
    assert.match(
      of({ idValue: 7, policy: { policyType: 'NEW_SERVICE' } }),
      /\|ALERT_CABINET_DISCOVERY_NEW_SERVICE\|Many downloads\|/,
    );
    assert.match(activityMessage({ ...activity, appId: 28375 }, generic), / cs2=APPID_28375 /);
  });

  test('a record of which nothing is known is a message all the same', () => {
    for (const record of [{}, { _id: 7, timestamp: 'x', entities: [1, null], mainInfo: [], policy: 'x', audits: {} }]) {
      assert.match(
        activityMessage(record, generic),
        /^1970-01-01T00:00:00.000Z CEF:0\|MCAS\|SIEM_Agent\|0\.1\.0\|EVENT_CATEGORY_UNSPECIFIED\|/,
      );
      assert.match(
        alertMessage(record, generic),
        /^1970-01-01T00:00:00.000Z CEF:0\|MCAS\|SIEM_Agent\|0\.1\.0\|ALERT_0\|/,
      );
    }
  });
});

test('ArcSight CEF leaves out what is empty and keeps to the lengths of the dictionary', () => {
  const line = activityMessage(activity, arcsight);
  assert.ok(!/ (dvc|c6a1|cs4|requestClientApplication)(Label)?=( |$)/.test(line), line);
  assert.match(line, / cs3Label=targetObjects cs3=,sys_user,admin@contoso.example$/);
  const long = activityMessage(
    { ...activity, description: 'ü'.repeat(3000), device: { clientIP: '2001:db8::7' } },
    arcsight,
  );
  assert.equal(/ msg=(ü+) /.exec(long)?.[1]?.length, 1023);
  assert.match(long, / c6a1Label=Device IPv6 Address c6a1=2001:db8::7$/);
});

describe('the head of a message', () => {
  test('times of the three formats, in UTC', () => {
    assert.equal(timeText(at, 'rfc5424'), '2026-11-05T17:50:04.000Z');
    assert.equal(timeText(at, 'rfc3164'), 'Nov  5 17:50:04');
    assert.equal(timeText(at, 'rfc3164-with-year'), 'Nov  5 2026 17:50:04');
    assert.equal(timeText(Date.UTC(2026, 0, 15), 'rfc3164'), 'Jan 15 00:00:00');
  });

  test('priority and system name stand where they are asked for', () => {
    const head = { timeFormat: 'rfc3164', includesPri: true, systemName: 'collector-1' } as const;
    assert.equal(activityMessage(activity, { ...generic, head }), `<14>Nov  5 17:50:04 collector-1 ${activityCef}`);
    const high = alertMessage({ ...alert, severityValue: 2 }, { ...generic, head });
    assert.ok(high.startsWith('<11>Nov  5 17:50:04 collector-1 CEF:0|'), high);
  });
});

describe('framing', () => {
  test('messages end with a line feed, or begin with their length in bytes', () => {
    assert.equal(frame(['one', 'zwölf'], 'lines').toString(), 'one\nzwölf\n');
    assert.equal(frame(['one', 'zwölf'], 'octet-counting').toString(), '3 one6 zwölf');
  });

  test('a datagram is cut between characters', () => {
    assert.equal(cutToBytes('aü', 2).toString(), 'a');
    assert.equal(cutToBytes('aü', 3).toString(), 'aü');
    assert.equal(cutToBytes('😀', 3).toString(), '');
  });
});

/** As a SIEM reads an extension: keys are words before an unescaped equals sign. */
function readExtension(text: string): Map<string, string> {
  const marks = [...text.matchAll(/(?:^|(?<= ))(\w+)(?<!\\)=/g)].filter((mark) => mark[1] !== undefined);
  return new Map(
    marks.map((mark, index) => {
      const start = mark.index + mark[0].length;
      const end = marks[index + 1]?.index ?? text.length + 1;
      const value = text
        .slice(start, end - 1)
        .replace(/\\(.)/g, (_, each) => (each === 'n' ? '\n' : each === 'r' ? '\r' : each));
      return [mark[1] ?? '', value] as const;
    }),
  );
}

describe('escaping', () => {
  const printable = fc.string({ unit: fc.constantFrom(...'ab=|\\ \n\rü"😀'), maxLength: 40 });

  test('whatever the values, a message is one line and every value reads as it was', () => {
    fc.assert(
      fc.property(printable, printable, printable, (name, msg, suser) => {
        const fields = [
          { key: 'msg', value: msg },
          { key: 'suser', value: suser },
          { key: 'cs1', label: 'portalURL', value: 'https://x/?a=b' },
        ];
        const line = cefText({ version: '1', eventClass: 'E', name, severity: 0, fields }, 'generic-cef');
        assert.ok(!/[\n\r]/.test(line));
        const parts = line.split(/(?<!\\)(?:\\\\)*\|/);
        assert.ok(parts.length >= 8, line);
        const read = readExtension(line.slice(line.indexOf('|0|') + 3));
        assert.equal(read.get('cs1'), 'https://x/?a=b');
        // Two kinds of line ends become one; that is all that is lost.
        if (!/(^| )\w+=/.test(msg)) assert.equal(read.get('msg'), msg.replaceAll('\r\n', '\n'));
      }),
    );
  });

  test('no text of any kind breaks out of its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const header = headerValue(text);
        assert.ok(!/[\p{Cc}\u2028\u2029]/u.test(header));
        assert.ok(!/(?<!\\)(?:\\\\)*\|/.test(header.replace(/\\[\\|]/g, '')));
        const value = extensionValue(text);
        assert.ok(!/[\p{Cc}\u2028\u2029]/u.test(value));
        assert.ok(!value.replace(/\\[\\=nr]/g, '').includes('='));
        assert.ok(value.isWellFormed() && header.isWellFormed());
      }),
    );
  });
});
