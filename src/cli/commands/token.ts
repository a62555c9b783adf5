// API tokens. The value of a new one is alone on standard output when a program reads it, so that
// TOKEN=$(sallyport token generate NAME) works.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { signedInProfile } from '../profiles.ts';
import { doAndSay, findListed, isId, showBlock, showList, showOnce, when, word } from '../show.ts';
import { type Column, tableLines } from '../table.ts';
import type { WireBulkResult, WireMintedToken, WireToken } from '../wire.ts';
import { durationOption, momentOption } from './role.ts';

export async function generate(call: Call): Promise<ExitCode> {
  const permissions = call.list('permission');
  const allowedAddresses = call.list('allow');
  const body = {
    name: call.operand('NAME'),
    expiresAt: momentOption(call, 'expires'),
    permissions: permissions.length > 0 ? permissions : undefined,
    allowedAddresses: allowedAddresses.length > 0 ? allowedAddresses : undefined,
  };
  const minted = await call.api().call<WireMintedToken>('POST', '/api-tokens', { body });
  sayMinted(call, minted, call.t('token.generate.done', { name: minted.token.name }));
  return exitCodes.ok;
}

function sayMinted(call: Call, { token, value, url }: WireMintedToken, sentence: string): void {
  const { t } = call;
  const more = [`${t('token.url')}  ${url}`, '', t('token.try'), ...curlLines(call, url)];
  showOnce(call, { json: { token, value, url }, value, sentence, once: t('token.once'), more });
}

/** A call that works as it stands; the value is read from the keyboard, so that no shell history keeps it. */
function curlLines(call: Call, url: string): string[] {
  const { caFile } = signedInProfile(call.profiles, call.profileName, call.t);
  const trust = caFile === null ? '' : `--cacert ${shellQuoted(caFile)} `;
  const target = shellQuoted(new URL('/api/v1/activities/?limit=5', url).href);
  return ['  read -rs TOKEN', `  curl ${trust}-H "Authorization: Token $TOKEN" ${target}`];
}

function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function columnsOf(call: Call): Column<WireToken>[] {
  const { t } = call;
  return [
    { heading: t('table.name'), cell: (token) => token.name },
    { heading: t('table.status'), cell: (token) => statusOf(call, token) },
    { heading: t('table.owner'), cell: (token) => token.owner.userName },
    { heading: t('table.generated'), cell: (token) => when(call, token.createdAt) },
    { heading: t('table.lastUsed'), cell: (token) => when(call, token.lastUsedAt) },
    { heading: t('table.from'), cell: (token) => token.lastUsedAddress ?? '-' },
  ];
}

/** `Active`, and in brackets why it would be refused now, if it would. */
function statusOf(call: Call, token: WireToken): string {
  const status = word(call, token.status);
  return token.state === 'usable' ? status : `${status} (${word(call, token.state)})`;
}

export async function list(call: Call): Promise<ExitCode> {
  await showList<WireToken>(call, {
    path: '/api-tokens',
    query: {
      ...{ status: call.option('status'), owner: call.option('owner'), search: call.option('search') },
      ...{ sort: call.option('sort'), direction: call.option('direction') },
    },
    columns: columnsOf(call),
  });
  return exitCodes.ok;
}

async function findToken(call: Call): Promise<WireToken> {
  const token = call.operand('TOKEN');
  if (isId(token)) return call.api().call<WireToken>('GET', at`/api-tokens/${token}`);
  return findListed<WireToken>(call, '/api-tokens', token);
}

export async function show(call: Call): Promise<ExitCode> {
  const token = await findToken(call);
  const { t } = call;
  showBlock(call, token, [
    ['table.name', token.name],
    ['table.id', token.id],
    ['table.status', statusOf(call, token)],
    ['token.show.now', token.stateReason ?? word(call, token.state)],
    ['table.owner', `${token.owner.displayName} <${token.owner.userName}> (${word(call, token.owner.status)})`],
    ['table.generated', when(call, token.createdAt)],
    ['table.expires', token.expiresAt === null ? t('words.never') : when(call, token.expiresAt)],
    ['table.lastUsed', token.lastUsedAt === null ? t('words.never') : when(call, token.lastUsedAt)],
    ['table.from', token.lastUsedAddress ?? '-'],
    ['token.show.lastUsedFor', token.lastUsedFor ?? '-'],
    ['table.permissions', token.permissions === null ? t('token.show.allOfOwner') : token.permissions.join(', ')],
    ['token.show.addresses', token.allowedAddresses === null ? t('token.show.any') : token.allowedAddresses.join(', ')],
    ...(token.previousValueValidUntil === null
      ? []
      : ([['token.show.previousUntil', when(call, token.previousValueValidUntil)]] as const)),
  ]);
  return exitCodes.ok;
}

export async function revoke(call: Call): Promise<ExitCode> {
  const token = await findToken(call);
  const values = { name: token.name, owner: token.owner.userName };
  await confirm(call, call.t('token.revoke.question', values));
  const request = { method: 'DELETE', path: at`/api-tokens/${token.id}` };
  await doAndSay(call, request, call.t('token.revoke.done', values));
  return exitCodes.ok;
}

export async function rotate(call: Call): Promise<ExitCode> {
  const overlapSeconds = call.option('overlap') === '0' ? 0 : durationOption(call, 'overlap');
  const token = await findToken(call);
  const path = at`/api-tokens/${token.id}/rotate`;
  const minted = await call.api().call<WireMintedToken>('POST', path, { body: { overlapSeconds } });
  const until = minted.token.previousValueValidUntil;
  const sentence =
    until === null
      ? call.t('token.rotate.done', { name: token.name })
      : call.t('token.rotate.doneOverlap', { name: token.name, until: when(call, until) });
  sayMinted(call, minted, sentence);
  return exitCodes.ok;
}

const roundsMax = 1000;

/** Shows what would be revoked, asks, and revokes until nothing is left. */
export async function revokeDeparted(call: Call): Promise<ExitCode> {
  const preview = await revokeRound(call, true);
  if (call.flag('dry-run') || preview.tokens.length === 0) {
    if (call.isJson) call.json(preview);
    else showDeparted(call, preview);
    return exitCodes.ok;
  }
  if (!call.isJson) showDeparted(call, preview);
  await confirm(call, call.t('token.revokeDeparted.question'));
  let revoked = 0;
  const tokens: WireToken[] = [];
  for (let round = 0; round < roundsMax; round++) {
    const result = await revokeRound(call, false);
    revoked += result.revoked;
    if (call.isJson) tokens.push(...result.tokens);
    if (!result.more || result.revoked === 0) break;
  }
  if (call.isJson) call.json({ dryRun: false, tokens, revoked });
  else call.say(call.t('token.revokeDeparted.done', { revoked }));
  return exitCodes.ok;
}

function revokeRound(call: Call, dryRun: boolean): Promise<WireBulkResult> {
  const body = { departedOwners: true, dryRun };
  return call.api().call<WireBulkResult>('POST', '/api-tokens/bulk-revocation', { body });
}

function showDeparted(call: Call, result: WireBulkResult): void {
  if (result.tokens.length === 0) {
    call.say(call.t('token.revokeDeparted.none'));
    return;
  }
  const columns: Column<WireToken>[] = [
    ...columnsOf(call),
    { heading: call.t('token.show.lastUsedFor'), cell: (token) => token.lastUsedFor ?? '-' },
  ];
  for (const line of tableLines(columns, result.tokens)) call.say(line);
  if (result.more) call.say(call.t('token.revokeDeparted.more'));
  if (call.flag('dry-run')) call.note(call.t('token.revokeDeparted.dryRunNote'));
}
