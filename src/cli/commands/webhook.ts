// Webhooks of the tenant, and what could not be delivered.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, showBlock, showList, showOnce, when, word } from '../show.ts';
import type { WireDeadLetter, WireMintedWebhook, WireTrial, WireWebhook } from '../wire.ts';

const stateOf = (call: Call, { isEnabled, disabledReason }: WireWebhook): string =>
  isEnabled ? word(call, 'enabled') : `${word(call, 'disabled')}${disabledReason ? ` (${disabledReason})` : ''}`;

const find = (call: Call): Promise<WireWebhook> => findListed<WireWebhook>(call, '/webhooks', call.operand('WEBHOOK'));

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireWebhook>(call, {
    path: '/webhooks',
    columns: [
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('table.state'), cell: (webhook) => stateOf(call, webhook) },
      { heading: t('webhook.events'), cell: ({ events }) => events.join(', ') },
      { heading: t('webhook.lastSuccess'), cell: ({ lastSuccessAt }) => when(call, lastSuccessAt) },
      { heading: t('webhook.failingSince'), cell: ({ failingSince }) => when(call, failingSince) },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

export async function show(call: Call): Promise<ExitCode> {
  const webhook = await find(call);
  showBlock(call, webhook, [
    ['table.name', webhook.name],
    ['table.id', webhook.id],
    ['table.url', webhook.url],
    ['table.state', stateOf(call, webhook)],
    ['table.owner', webhook.owner ?? '-'],
    ['webhook.events', webhook.events.join(', ')],
    ['webhook.add.severity', webhook.severityMin ?? '-'],
    ['table.created', when(call, webhook.createdAt)],
    ['webhook.lastSuccess', when(call, webhook.lastSuccessAt)],
    ['webhook.lastFailure', `${when(call, webhook.lastFailureAt)} ${webhook.lastFailure ?? ''}`.trim()],
    ['webhook.failingSince', when(call, webhook.failingSince)],
  ]);
  return exitCodes.ok;
}

export async function add(call: Call): Promise<ExitCode> {
  const severity = call.option('severity');
  const body = {
    name: call.operand('NAME'),
    url: call.operand('URL'),
    events: call.list('event'),
    ...(severity === undefined ? {} : { severityMin: severity }),
  };
  const minted = await call.api().call<WireMintedWebhook>('POST', '/webhooks', { body });
  sayMinted(call, minted, call.t('webhook.add.done', { name: minted.webhook.name }));
  return exitCodes.ok;
}

export async function update(call: Call): Promise<ExitCode> {
  const severity = call.option('severity');
  const events = call.list('event');
  const body = {
    name: call.option('name'),
    url: call.option('url'),
    events: events.length === 0 ? undefined : events,
    severityMin: orNone(severity),
  };
  requireChange(call, body, 'webhook update');
  const { id, name } = await find(call);
  const request = { method: 'PATCH', path: at`/webhooks/${id}`, options: { body } };
  await doAndSay(call, request, call.t('webhook.update.done', { name: body.name ?? name }));
  return exitCodes.ok;
}

/** What an option says for whose value "none" takes the present one away. */
export function orNone(value: string | undefined): string | null | undefined {
  return value === 'none' ? null : value;
}

/** A change that names nothing is a mistake, unless somebody wants to answer for what is there. */
export function requireChange(call: Call, body: Readonly<Record<string, unknown>>, command: string): void {
  if (call.flag('take-over') || Object.values(body).some((value) => value !== undefined)) return;
  throw new CliProblem(exitCodes.usage, 'usage', call.t('app.update.nothing'), [
    call.t('usage.more', { command: `sallyport help ${command}` }),
  ]);
}

export async function rotateSecret(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  const minted = await call.api().call<WireMintedWebhook>('POST', at`/webhooks/${id}/rotate-secret`);
  sayMinted(call, minted, call.t('webhook.rotateSecret.done', { name }));
  return exitCodes.ok;
}

function sayMinted(call: Call, minted: WireMintedWebhook, sentence: string): void {
  showOnce(call, { json: minted, value: minted.secret, sentence, once: call.t('webhook.once') });
}

export async function enable(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  await doAndSay(call, { method: 'POST', path: at`/webhooks/${id}/enable` }, call.t('webhook.enable.done', { name }));
  return exitCodes.ok;
}

export async function disable(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  await doAndSay(call, { method: 'POST', path: at`/webhooks/${id}/disable` }, call.t('webhook.disable.done', { name }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const { id, name } = await find(call);
  await confirm(call, call.t('webhook.delete.question', { name }));
  await doAndSay(call, { method: 'DELETE', path: at`/webhooks/${id}` }, call.t('webhook.delete.done', { name }));
  return exitCodes.ok;
}

export async function test(call: Call): Promise<ExitCode> {
  const { id } = await find(call);
  return sayTrial(call, await call.api().call<WireTrial>('POST', at`/webhooks/${id}/test`));
}

/** Tells what came of a test; a test that failed is a failure of the command. */
export function sayTrial(call: Call, trial: WireTrial): ExitCode {
  if (call.isJson) call.json(trial);
  else if (trial.isDelivered) call.say(call.t('webhook.test.done'));
  else call.say(call.t('webhook.test.failed', { reason: trial.reason ?? '-' }));
  return trial.isDelivered ? exitCodes.ok : exitCodes.failed;
}

export async function deadLetters(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireDeadLetter>(call, {
    path: '/dead-letters',
    query: { target: call.option('target') },
    columns: [
      { heading: t('table.time'), cell: ({ diedAt }) => when(call, diedAt) },
      { heading: t('table.target'), cell: ({ target }) => target },
      { heading: t('webhook.events'), cell: ({ type, subjectId }) => `${type} ${subjectId}` },
      { heading: t('webhook.reason'), cell: ({ reason }) => reason ?? '-' },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

export async function retry(call: Call): Promise<ExitCode> {
  const letter = call.operandIfGiven('LETTER');
  if ((letter === undefined) !== call.flag('all')) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('webhook.retry.nothing'));
  }
  const answer =
    letter === undefined
      ? await call.api().call<{ retried: number }>('POST', '/dead-letters/retry', { body: {} })
      : await call.api().call<{ retried: number }>('POST', at`/dead-letters/${letter}/retry`);
  if (call.isJson) call.json(answer);
  else call.say(call.t('webhook.retry.done', { count: answer.retried }));
  return exitCodes.ok;
}
