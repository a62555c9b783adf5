// One attempt to hand a mail to the SMTP server that the operator named. The library is loaded with the first mail
// (docs/decisions/0014); it may read no files and fetch no URLs, whatever a text says.
import type { Config } from '../config.ts';
import { sendsPasswordInClear } from '../listening/consistency.ts';
import type { MailText } from './mail-texts.ts';
import { isTlsFailure, type Outcome } from './outcome.ts';

export type MailServer = Pick<
  Config,
  'mailHost' | 'mailPort' | 'mailTls' | 'mailUser' | 'mailPassword' | 'mailFrom' | 'webhookSecondsMax'
>;

export interface Mail extends MailText {
  /** The same with every attempt, so that who gets it twice can tell. */
  readonly id: string;
  readonly to: string;
  readonly language: string;
}

/** Sends it and tells what came of it; never throws. */
export async function sendMail(mail: Mail, server: MailServer): Promise<Outcome> {
  const { mailHost, mailFrom } = server;
  if (mailHost === null || mailFrom === null) {
    return { kind: 'failed', reason: 'No SMTP server is set (mailHost, mailFrom).', status: null, askedMs: null };
  }
  if (sendsPasswordInClear(server)) {
    const reason = 'The password would travel in clear (mailTls is none, mailUser is set).';
    return { kind: 'failed', reason, status: null, askedMs: null };
  }
  const { createTransport } = await import('nodemailer');
  const timeoutMs = server.webhookSecondsMax * 1000;
  const transport = createTransport({
    host: mailHost,
    port: server.mailPort,
    secure: server.mailTls === 'tls',
    requireTLS: server.mailTls === 'starttls',
    ignoreTLS: server.mailTls === 'none',
    ...(server.mailUser === null ? {} : { auth: { user: server.mailUser, pass: server.mailPassword ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const sending = transport.sendMail({
      from: mailFrom,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: `<${mail.id}@${hostOfAddress(mailFrom)}>`,
      // RFC 3834 section 5: answers of machines (out of office) should not come back.
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
    });
    // The library's times are for each step; this one is for all.
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeoutMs);
    });
    await Promise.race([sending, tooLong]);
    return { kind: 'delivered', status: null };
  } catch (error) {
    return outcomeOf(error);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

function hostOfAddress(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}

/** What the server says stays out of it: it may repeat anything. */
function outcomeOf(error: unknown): Outcome {
  // The library's errors; `originalCode` is Node's.
  const failure = error as { code?: string; originalCode?: string; responseCode?: number | null };
  const { code = '', originalCode = '', responseCode = null } = failure;
  // 5yz: the same mail will be refused again (RFC 5321 section 4.2.1).
  if (code === 'EENVELOPE' && responseCode !== null && responseCode >= 500) {
    return { kind: 'rejected', reason: `The SMTP server refuses the mail (${responseCode}).`, status: responseCode };
  }
  const failed = (reason: string): Outcome => ({ kind: 'failed', reason, status: responseCode, askedMs: null });
  if (code === 'EAUTH') return failed('The SMTP server refuses the user name or the password.');
  if (code === 'ETIMEDOUT') return failed('The SMTP server did not answer in time.');
  if (code === 'ETLS') return failed('The SMTP server offers no secure connection.');
  if (isTlsFailure(originalCode)) {
    return failed(`No secure connection to the SMTP server could be made (${originalCode}).`);
  }
  if (responseCode !== null) return failed(`The SMTP server answered ${responseCode}.`);
  return failed('The SMTP server could not be reached.');
}
