// Who gets mail of the tenant.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findNamed, showBlock, showList, when, yesNo } from '../show.ts';
import type { WireMailRecipient, WireMailSettings, WireTrial } from '../wire.ts';
import { orNone, requireChange, sayTrial } from './webhook.ts';

export async function settings(call: Call): Promise<ExitCode> {
  const found = await call.api().call<WireMailSettings>('GET', '/mail-settings');
  showBlock(call, found, [
    ['mail.configured', yesNo(call, found.isConfigured)],
    ['mail.from', found.from ?? '-'],
    ['mail.perDay', String(found.perRecipientAndDay)],
  ]);
  return exitCodes.ok;
}

function wishesOf(call: Call, recipient: WireMailRecipient): string {
  const { alerts, consentRequests, roleApprovals, expiringSecretDays } = recipient;
  const wishes = [
    alerts === null ? [] : [`alerts ${alerts}`],
    consentRequests ? ['consent-requests'] : [],
    roleApprovals ? ['role-approvals'] : [],
    expiringSecretDays === null ? [] : [`expiring-secrets ${expiringSecretDays}`],
  ].flat();
  return wishes.join(', ') || call.t('words.none');
}

export async function recipients(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireMailRecipient>(call, {
    path: '/mail-recipients',
    columns: [
      { heading: t('mail.add.address'), cell: ({ address }) => address },
      { heading: t('mail.wants'), cell: (recipient) => wishesOf(call, recipient) },
      { heading: t('table.owner'), cell: ({ owner }) => owner ?? '-' },
      { heading: t('mail.sentToday'), cell: ({ sentToday }) => String(sentToday) },
      { heading: t('webhook.lastSuccess'), cell: ({ lastSuccessAt }) => when(call, lastSuccessAt) },
      { heading: t('webhook.lastFailure'), cell: ({ lastFailure }) => lastFailure ?? '-' },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

export async function add(call: Call): Promise<ExitCode> {
  const days = call.option('expiring-secrets');
  const address = call.operand('ADDRESS');
  const body = {
    address,
    alerts: call.option('alerts'),
    consentRequests: call.flag('consent-requests'),
    roleApprovals: call.flag('role-approvals'),
    expiringSecretDays: daysOf(days),
    language: call.option('language'),
  };
  const request = { method: 'POST', path: '/mail-recipients', options: { body } };
  await doAndSay(call, request, call.t('mail.add.done', { address }));
  return exitCodes.ok;
}

/** What is no number is the server's to refuse. */
function daysOf<Given extends string | null | undefined>(days: Given): Given | number {
  return typeof days === 'string' && /^\d{1,6}$/.test(days) ? Number(days) : days;
}

export async function update(call: Call): Promise<ExitCode> {
  const yesOrNo = (name: string): boolean | undefined => {
    const value = call.option(name);
    return value === undefined ? undefined : value === 'yes';
  };
  const body = {
    address: call.option('address'),
    alerts: orNone(call.option('alerts')),
    consentRequests: yesOrNo('consent-requests'),
    roleApprovals: yesOrNo('role-approvals'),
    expiringSecretDays: daysOf(orNone(call.option('expiring-secrets'))),
    language: call.option('language'),
  };
  requireChange(call, body, 'mail update');
  const { id, address } = await find(call);
  const request = { method: 'PATCH', path: at`/mail-recipients/${id}`, options: { body } };
  await doAndSay(call, request, call.t('mail.update.done', { address: body.address ?? address }));
  return exitCodes.ok;
}

const find = (call: Call): Promise<WireMailRecipient> =>
  findNamed<WireMailRecipient>(call, '/mail-recipients', call.operand('RECIPIENT'), ({ address }) => address);

export async function remove(call: Call): Promise<ExitCode> {
  const { id, address } = await find(call);
  await confirm(call, call.t('mail.remove.question', { address }));
  const request = { method: 'DELETE', path: at`/mail-recipients/${id}` };
  await doAndSay(call, request, call.t('mail.remove.done', { address }));
  return exitCodes.ok;
}

export async function test(call: Call): Promise<ExitCode> {
  const { id } = await find(call);
  return sayTrial(call, await call.api().call<WireTrial>('POST', at`/mail-recipients/${id}/test`));
}
