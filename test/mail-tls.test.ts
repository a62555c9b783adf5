// Mail over TLS: with STARTTLS and from the first byte, and neither mail nor password where the server does not prove who
// it is or offers no secure connection.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dayMs } from '../src/lib/clock.ts';
import { checkConsistency } from '../src/listening/consistency.ts';
import { sendMail } from '../src/notifications/mail.ts';
import { makeTestAuthority, type TestAuthority } from './support/authorities.ts';
import { freePort } from './support/postgres-server.ts';
import { type MailReceiver, type MailTls, startMailReceiver } from './support/receivers.ts';
import { testConfig } from './support/services.ts';
import { startTrustingServer, type TrustingServer } from './support/trusting-server.ts';

const password = 'mail-password-of-tests';

interface Trial {
  readonly isDelivered: boolean;
  readonly reason: string | null;
}

for (const mode of ['starttls', 'tls'] as const) {
  describe(`mail by ${mode}`, () => {
    let authority: TestAuthority;
    let server: TrustingServer;
    let port = 0;
    let recipient = '';

    before(async () => {
      authority = await makeTestAuthority();
      port = await freePort();
      server = await startTrustingServer(authority.root, {
        MAIL_HOST: 'localhost',
        MAIL_PORT: String(port),
        MAIL_TLS: mode,
        MAIL_USER: 'sallyport',
        MAIL_PASSWORD: password,
        MAIL_FROM: 'sallyport@mail.example',
      });
      const body = { address: 'soc@receiver.example', alerts: 'high' };
      recipient = (await server.call<{ id: string }>('POST', '/mail-recipients', body)).id;
    });
    after(async () => await server.dispose());

    /** What came of one mail to a server of this kind. */
    async function tryWith(tls: Omit<MailTls, 'port'>): Promise<{ trial: Trial; receiver: MailReceiver }> {
      const receiver = await startMailReceiver('sallyport', password, { ...tls, port });
      try {
        return { trial: await server.call<Trial>('POST', `/mail-recipients/${recipient}/test`), receiver };
      } finally {
        await receiver.close();
      }
    }

    test('a mail goes out, and the password with it, over a connection whose other end is known', async () => {
      const { trial, receiver } = await tryWith({ mode, pair: await authority.serverPair() });
      assert.deepEqual(trial, { isDelivered: true, status: null, reason: null });
      assert.deepEqual(receiver.signIns, [true]);
      assert.deepEqual(
        receiver.mails.map(({ isSecure }) => isSecure),
        [true],
      );
    });

    test('neither mail nor password go to a server whose certificate is not good', async () => {
      const stranger = await makeTestAuthority();
      for (const [what, pair] of Object.entries({
        'another authority': await stranger.serverPair(),
        'an end in the past': await authority.serverPair({ endsAt: Date.now() - dayMs }),
        'another name': await authority.serverPair({ names: ['mail.example'] }),
      })) {
        const { trial, receiver } = await tryWith({ mode, pair });
        assert.equal(trial.isDelivered, false, what);
        assert.match(trial.reason ?? '', /No secure connection to the SMTP server could be made/, what);
        assert.deepEqual([receiver.signIns, receiver.mails], [[], []], what);
      }
    });

    test('neither mail nor password go to a server that offers no secure connection', async () => {
      const { trial, receiver } = await tryWith({ mode: 'none' });
      assert.equal(trial.isDelivered, false);
      assert.match(trial.reason ?? '', /secure connection/);
      assert.deepEqual([receiver.signIns, receiver.mails], [[], []]);
    });
  });
}

test('a password in clear goes to this machine only: other settings do not start, and nothing is sent with them', async () => {
  const settings = { mailTls: 'none', mailUser: 'sallyport', mailPassword: password, mailFrom: 'a@mail.example' };
  const elsewhere = testConfig('/nowhere', { settings: { ...settings, mailHost: 'mail.example' } });
  assert.match(checkConsistency(elsewhere).problems.join(), /mailTls is none, but mailUser is set/);
  const mail = { subject: 'S', text: 'T', html: 'H', id: 'msg_1', to: 'soc@receiver.example', language: 'en' };
  const outcome = await sendMail(mail, elsewhere);
  assert.equal(outcome.kind, 'failed');
  assert.match(outcome.kind === 'failed' ? outcome.reason : '', /password .*in clear/);
  for (const mailHost of ['127.0.0.1', '::1', 'localhost']) {
    assert.deepEqual(checkConsistency(testConfig('/nowhere', { settings: { ...settings, mailHost } })).problems, []);
  }
});
