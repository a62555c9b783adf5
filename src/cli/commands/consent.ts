// Consent for the whole tenant, by call: to an application of one's own, to somebody else's, or by deciding a request.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type PermissionRow, permissionLines, permissionRows } from '../permission-names.ts';
import { doAndSay, findNamed, showBlock, showList, when, word } from '../show.ts';
import { blockLines, type Column, tableLines } from '../table.ts';
import { printable } from '../width.ts';
import type { WireConsentLink, WireConsentQuestion, WireConsentRequest, WireServicePrincipal } from '../wire.ts';
import { findApplication } from './app.ts';

export async function grant(call: Call): Promise<ExitCode> {
  return await consentTo(call, call.operand('APP-ID'));
}

/** The same for an application of the own tenant, by any of its names. */
export async function grantOwn(call: Call): Promise<ExitCode> {
  return await consentTo(call, (await findApplication(call)).appId);
}

/** Shows what is asked for, asks, and consents to exactly that. */
async function consentTo(call: Call, appId: string): Promise<ExitCode> {
  const question = await call.api().call<WireConsentQuestion>('GET', at`/consent-questions/${appId}`);
  showQuestion(call, question);
  const name = printable(question.displayName);
  if (question.mayConsent) await confirm(call, call.t('consent.grant.question', { name }));
  else if (question.mayAsk) {
    call.note(call.t('consent.grant.mayAsk', { command: `sallyport consent ask ${question.appId} --reason TEXT` }));
  }
  const body = { appId: question.appId, permissions: accessOf(question) };
  const principal = await call.api().call<WireServicePrincipal>('POST', '/service-principals', { body });
  if (call.isJson) call.json(principal);
  else call.say(call.t('consent.grant.done', { name }));
  return exitCodes.ok;
}

type Item = WireConsentQuestion['permissions'][number];

function accessOf({ permissions }: WireConsentQuestion) {
  const ids = (items: readonly Item[], kind: Item['kind']) =>
    items.filter((item) => item.kind === kind).map(({ id }) => id);
  return [...Map.groupBy(permissions, ({ resourceAppId }) => resourceAppId)].map(([resource, items]) => ({
    resource,
    roles: ids(items, 'application'),
    scopes: ids(items, 'delegated'),
  }));
}

/** In words, as the consent page has it. With --json it goes beside the answer, because somebody may still be asked. */
function showQuestion(call: Call, question: WireConsentQuestion): void {
  const { t } = call;
  const say = call.isJson ? call.note : call.say;
  const { displayName, appId, publisherTenant, permissions } = question;
  for (const line of blockLines([
    [t('table.name'), displayName],
    [t('table.appId'), appId],
    [t('consent.publisher'), `${publisherTenant.displayName} (${publisherTenant.id})`],
  ])) {
    say(line);
  }
  for (const [kind, title] of [
    ['application', t('consent.asApp')],
    ['delegated', t('consent.asUsers')],
  ] as const) {
    const items = permissions.filter((item) => item.kind === kind);
    if (items.length > 0) for (const line of ['', title, ...itemLines(call, items)]) say(line);
  }
  if (permissions.length === 0) say(t('consent.nothing'));
  say('');
}

function itemLines(call: Call, items: readonly Item[]): string[] {
  const { t } = call;
  const columns: Column<Item>[] = [
    { heading: t('table.displayName'), cell: ({ displayName }) => displayName },
    { heading: t('table.permission'), cell: ({ value }) => value },
    { heading: t('table.api'), cell: ({ resource }) => resource },
    {
      heading: t('table.state'),
      cell: ({ isGranted, isNew }) => (isGranted ? word(call, 'granted') : isNew ? t('consent.isNew') : '-'),
    },
  ];
  return tableLines(columns, items).map((line) => `  ${line}`);
}

export async function link(call: Call): Promise<ExitCode> {
  const { appId } = await findApplication(call);
  const links = await call.api().call<WireConsentLink>('GET', at`/applications/${appId}/consent-link`);
  showBlock(call, links, [
    ['app.consentLink.partner', links.url],
    ['app.consentLink.administrator', links.adminConsentUrl],
  ]);
  return exitCodes.ok;
}

export async function ask(call: Call): Promise<ExitCode> {
  const appId = call.operand('APP-ID');
  const reason = call.option('reason');
  if (reason === undefined) throw new CliProblem(exitCodes.usage, 'usage', call.t('consent.ask.reasonMissing'));
  const body = { appId, reason };
  const request = { method: 'POST', path: '/consent-requests', options: { body } };
  await doAndSay(call, request, call.t('consent.ask.done'));
  return exitCodes.ok;
}

export async function requests(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireConsentRequest>(call, {
    path: '/consent-requests',
    query: { status: call.option('status') },
    columns: [
      { heading: t('table.name'), cell: nameOf },
      { heading: t('table.user'), cell: ({ user }) => user.userName },
      { heading: t('consent.reason'), cell: ({ reason }) => reason },
      {
        heading: t('table.permissions'),
        cell: (request) =>
          rowsOf(request)
            .map(({ value }) => value)
            .join(', '),
      },
      { heading: t('table.status'), cell: ({ status }) => word(call, status) },
      { heading: t('table.time'), cell: ({ createdAt }) => when(call, createdAt) },
      { heading: t('table.id'), cell: ({ id }) => id },
    ],
  });
  return exitCodes.ok;
}

function nameOf({ displayName, appId }: WireConsentRequest): string {
  return displayName ?? appId;
}

function rowsOf({ access }: WireConsentRequest): PermissionRow[] {
  return permissionRows(access);
}

/** Approving is consenting: what would be granted is shown first. */
export async function approve(call: Call): Promise<ExitCode> {
  const request = await findRequest(call);
  const say = call.isJson ? call.note : call.say;
  for (const line of [...permissionLines(call, rowsOf(request)), '']) say(line);
  const values = { name: printable(nameOf(request)), user: request.user.userName };
  await confirm(call, call.t('consent.approve.question', values));
  const decision = { method: 'POST', path: at`/consent-requests/${request.id}/grant` };
  await doAndSay(call, decision, call.t('consent.approve.done', values));
  return exitCodes.ok;
}

export async function decline(call: Call): Promise<ExitCode> {
  const request = await findRequest(call);
  const values = { name: printable(nameOf(request)), user: request.user.userName };
  const decision = { method: 'POST', path: at`/consent-requests/${request.id}/decline` };
  await doAndSay(call, decision, call.t('consent.decline.done', values));
  return exitCodes.ok;
}

async function findRequest(call: Call): Promise<WireConsentRequest> {
  return await findNamed<WireConsentRequest>(call, '/consent-requests', call.operand('REQUEST'), ({ id }) => id);
}
