// Tenants and their life cycle. Creating and ending them is for the operator's tenant.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { signedInProfile } from '../profiles.ts';
import { doAndSay, showBlock, showList, when, word, yesNo } from '../show.ts';
import type { WireMintedTenant, WireSetupLink, WireTenant } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireTenant>(call, {
    path: '/tenants',
    query: { search: call.option('search') },
    columns: [
      { heading: t('table.slug'), cell: (tenant) => tenant.slug },
      { heading: t('table.displayName'), cell: (tenant) => tenant.displayName },
      { heading: t('table.status'), cell: (tenant) => word(call, tenant.status) },
      { heading: t('table.domains'), cell: domainsOf },
      { heading: t('table.id'), cell: (tenant) => tenant.id },
    ],
  });
  return exitCodes.ok;
}

/** The primary domain first. */
function domainsOf({ domains }: WireTenant): string {
  return [...domains]
    .sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary))
    .map(({ name }) => name)
    .join(', ');
}

export async function create(call: Call): Promise<ExitCode> {
  const slug = call.operand('SLUG');
  const domain = call.option('domain');
  if (!domain) throw new CliProblem(exitCodes.usage, 'usage', call.t('tenant.create.domainMissing'));
  const body = { slug, domain, displayName: call.option('display-name') ?? slug };
  const answer = await call.api().call<WireMintedTenant>('POST', '/tenants', { body });
  if (call.isJson) call.json(answer);
  else {
    call.say(call.t('tenant.create.done', { tenant: answer.tenant.slug, id: answer.tenant.id }));
    sayLink(call, answer.setupLink);
  }
  return exitCodes.ok;
}

export async function show(call: Call): Promise<ExitCode> {
  const ref = call.operandIfGiven('TENANT') ?? signedInProfile(call.profiles, call.profileName, call.t).tenant;
  const tenant = await call.api().call<WireTenant>('GET', at`/tenants/${ref}`);
  showBlock(call, tenant, [
    ['table.slug', tenant.slug],
    ['table.displayName', tenant.displayName],
    ['table.id', tenant.id],
    ['about.tenantNumber', String(tenant.number)],
    ['table.status', word(call, tenant.status)],
    ['tenant.show.isOperator', yesNo(call, tenant.isOperator)],
    ['table.domains', domainsOf(tenant)],
    ['table.url', tenant.url],
    ['table.created', when(call, tenant.createdAt)],
  ]);
  return exitCodes.ok;
}

export async function rename(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  const displayName = call.operand('DISPLAY-NAME');
  const request = { method: 'PATCH', path: at`/tenants/${tenant}`, options: { body: { displayName } } };
  await doAndSay(call, request, call.t('tenant.rename.done', { tenant, displayName }));
  return exitCodes.ok;
}

export async function disable(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  await confirm(call, call.t('tenant.disable.question', { tenant }));
  const request = { method: 'POST', path: at`/tenants/${tenant}/disable` };
  await doAndSay(call, request, call.t('tenant.disable.done', { tenant }));
  return exitCodes.ok;
}

export async function enable(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  const request = { method: 'POST', path: at`/tenants/${tenant}/enable` };
  await doAndSay(call, request, call.t('tenant.enable.done', { tenant }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  await confirm(call, call.t('tenant.delete.question', { tenant }));
  const request = { method: 'DELETE', path: at`/tenants/${tenant}` };
  await doAndSay(call, request, call.t('tenant.delete.done', { tenant }));
  return exitCodes.ok;
}

export async function restore(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  const request = { method: 'POST', path: at`/tenants/${tenant}/restore` };
  await doAndSay(call, request, call.t('tenant.restore.done', { tenant }));
  return exitCodes.ok;
}

export async function setupLink(call: Call): Promise<ExitCode> {
  const path = at`/tenants/${call.operand('TENANT')}/setup-link`;
  const answer = await call.api().call<WireSetupLink>('POST', path);
  if (call.isJson) call.json(answer);
  else sayLink(call, answer);
  return exitCodes.ok;
}

function sayLink(call: Call, link: WireSetupLink): void {
  call.say(call.t('tenant.setupLink.here', { until: when(call, link.expiresAt) }));
  call.say(`  ${link.url}`);
}

export async function addDomain(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  const name = call.operand('DOMAIN');
  const request = { method: 'POST', path: at`/tenants/${tenant}/domains`, options: { body: { name } } };
  await doAndSay(call, request, call.t('tenant.addDomain.done', { tenant, domain: name }));
  return exitCodes.ok;
}

export async function removeDomain(call: Call): Promise<ExitCode> {
  const tenant = call.operand('TENANT');
  const domain = call.operand('DOMAIN');
  await confirm(call, call.t('tenant.removeDomain.question', { tenant, domain }));
  const request = { method: 'DELETE', path: at`/tenants/${tenant}/domains/${domain}` };
  await doAndSay(call, request, call.t('tenant.removeDomain.done', { tenant, domain }));
  return exitCodes.ok;
}
