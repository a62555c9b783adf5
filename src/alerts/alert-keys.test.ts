import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleDraft } from '../../test/support/alerts.ts';
import type { AlertDraft } from './alert.ts';
import { alertIdFor, alertKeysOf, alertPkFor } from './alert-keys.ts';

const draft = (number: number, entities: AlertDraft['entities'], changes: Partial<AlertDraft> = {}): AlertDraft =>
  sampleDraft(number, { entities, ...changes });

test('ids are made of what was found: the same finding has the same, another one or tenant another', () => {
  const id = alertIdFor('d', 'k');
  assert.match(id, /^ca[0-9a-f]{32}$/);
  assert.equal(id, alertIdFor('d', 'k'));
  assert.equal(new Set([id, alertIdFor('dk', ''), alertIdFor('', 'dk'), alertIdFor('d', 'k2')]).size, 4);
  assert.match(alertPkFor('t', id), /^[0-9a-f]{24}$/);
  assert.notEqual(alertPkFor('t', id), alertPkFor('u', id));
});

test('what an alert is about is found in all kinds of entities, in one form', () => {
  const keys = alertKeysOf(
    draft(
      1,
      [
        { entityType: 'User', userPrincipalName: 'ADA@Contoso.example', aadUserId: 'AB-1' },
        { entityType: 'USER', accountName: 'svc', domainName: 'CORP' },
        { entityType: 'User', userPrincipalName: 'bob@x.example', appId: 10489, instanceId: 2 },
        { entityType: 'Ip', ipAddress: '::ffff:192.0.2.1', countryCode: 'FR' },
        { entityType: 'File', sha256: 'AA', fileName: 'Plan.docx', filePath: '/sites/a/' },
        { entityType: 'File', fileName: 'Plan.docx', filePath: '/sites/a/' },
        { entityType: 'MailMessage', networkMessageId: 'N-1', userPrincipalName: 'carol@x.example' },
        { entityType: 'CloudApplication', appId: 20893 },
        { entityType: 'OAuthApp', appId: 'F0F0' },
        { entityType: 'Url', url: 'https://x.example' },
        { entityType: 'User', userPrincipalName: '\0' },
      ],
      { devices: [{ mdatpDeviceId: 'D1', deviceDnsName: 'PC1.contoso.example' }], stories: [0, 3] },
    ),
  ).map(({ kind, key }) => `${kind} ${key}`);
  assert.deepEqual(keys.sort(), [
    'account ab-1',
    'account ada@contoso.example',
    'account bob@x.example|10489|',
    'account bob@x.example|10489|2',
    'account bob@x.example||',
    'account bob@x.example||2',
    'account carol@x.example',
    'account svc@corp',
    'address 192.0.2.1',
    'app 20893',
    'country fr',
    'device d1',
    'device pc1.contoso.example',
    'file /sites/a/plan.docx',
    'file aa',
    'file-name plan.docx',
    'instance 20893|0',
    'mail n-1',
    'oauth-app f0f0',
    'policy 5f1a00000000000000000001',
    'story 0',
    'story 3',
    'user ada@contoso.example',
    'user bob@x.example',
    'user carol@x.example',
    'user svc@corp',
  ]);
});

test('keys are bounded and can be stored, whatever the entities hold', () => {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null), fc.constant('x'.repeat(5000)));
  const member = fc.constantFrom(
    'userPrincipalName',
    'ipAddress',
    'sha1',
    'fileName',
    'filePath',
    'appId',
    'countryCode',
  );
  const type = fc.constantFrom('User', 'Ip', 'File', 'CloudApplication', 'MailMessage', 'Nonsense');
  fc.assert(
    fc.property(type, fc.dictionary(member, value), (entityType, members) => {
      for (const { key } of alertKeysOf(draft(1, [{ entityType, ...members }]))) {
        assert.ok(key.length > 0 && key.length < 1500 && key.isWellFormed() && !key.includes('\0'));
      }
    }),
  );
});
