// Applications that are present in one's own tenant, whoever's they are: what they were granted, and how it ends.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { permissionLines, permissionRows } from '../permission-names.ts';
import { doAndSay, findNamed, isId, showBlock, showList, when, word, yesNo } from '../show.ts';
import { type Column, tableLines } from '../table.ts';
import type { Page, WireServicePrincipal } from '../wire.ts';

async function findPrincipal(call: Call): Promise<WireServicePrincipal> {
  const ref = call.operand('APP');
  if (isId(ref)) return await call.api().call<WireServicePrincipal>('GET', at`/service-principals/${ref}`);
  return await findNamed<WireServicePrincipal>(call, '/service-principals', ref, ({ displayName }) => displayName);
}

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireServicePrincipal>(call, {
    path: '/service-principals',
    query: { search: call.option('search') },
    columns: [
      { heading: t('table.name'), cell: ({ displayName }) => displayName },
      { heading: t('consent.publisher'), cell: ({ homeTenant }) => homeTenant?.displayName ?? '-' },
      { heading: t('table.status'), cell: (principal) => statusOf(call, principal) },
      { heading: t('table.permissions'), cell: (principal) => countOf(call, principal) },
      { heading: t('servicePrincipal.lastToken'), cell: ({ lastTokenAt }) => when(call, lastTokenAt) },
      { heading: t('table.appId'), cell: ({ appId }) => appId },
    ],
  });
  return exitCodes.ok;
}

function statusOf(call: Call, { isEnabled }: WireServicePrincipal): string {
  return word(call, isEnabled ? 'enabled' : 'disabled');
}

function countOf(call: Call, principal: WireServicePrincipal): string {
  return String(grantsOf(call, principal).reduce((sum, { values }) => sum + values.length, 0));
}

interface Grant {
  readonly id: string;
  readonly api: string;
  /** One name, or the several of a delegated grant. */
  readonly values: readonly string[];
  readonly kind: 'application' | 'delegated';
  readonly for: string;
  readonly grantedAt: string;
  readonly grantedBy: string;
}

function grantsOf(call: Call, { grants }: WireServicePrincipal): Grant[] {
  return [
    ...grants.applications.map(({ resource, value, ...rest }) => ({
      ...rest,
      ...{ api: resource, values: [value], kind: 'application' as const, for: '-' },
    })),
    ...grants.delegated.map(({ resource, scopes, user, ...rest }) => ({
      ...rest,
      ...{ api: resource, values: scopes, kind: 'delegated' as const },
      for: user?.userName ?? call.t('servicePrincipal.everybody'),
    })),
  ];
}

interface Assigned {
  readonly id: string;
  readonly userName: string;
}

export async function show(call: Call): Promise<ExitCode> {
  const principal = await findPrincipal(call);
  const path = at`/service-principals/${principal.id}/assignments`;
  const { items: assignments } = await call.api().call<Page<Assigned>>('GET', path);
  const { t } = call;
  const { homeTenant } = principal;
  showBlock(call, { ...principal, assignments }, [
    ['table.name', principal.displayName],
    ['table.appId', principal.appId],
    ['table.objectId', principal.id],
    ['consent.publisher', homeTenant ? `${homeTenant.displayName} (${homeTenant.id})` : '-'],
    ['table.status', statusOf(call, principal)],
    ['servicePrincipal.requiresAssignment', yesNo(call, principal.requiresAssignment)],
    ['servicePrincipal.assigned', assignments.map(({ userName }) => userName).join(', ') || t('words.none')],
    ['table.created', when(call, principal.createdAt)],
    ['servicePrincipal.consented', when(call, principal.consentedAt)],
    ['servicePrincipal.consentedBy', principal.consentedBy ?? '-'],
    ['servicePrincipal.lastToken', when(call, principal.lastTokenAt)],
  ]);
  if (!call.isJson) showGrants(call, principal);
  return exitCodes.ok;
}

function showGrants(call: Call, principal: WireServicePrincipal): void {
  const { t } = call;
  const grants = grantsOf(call, principal);
  const columns: Column<Grant>[] = [
    { heading: t('table.api'), cell: ({ api }) => api },
    { heading: t('table.permission'), cell: ({ values }) => values.join(', ') },
    { heading: t('table.kind'), cell: ({ kind }) => word(call, kind) },
    { heading: t('servicePrincipal.for'), cell: (grant) => grant.for },
    { heading: t('servicePrincipal.granted'), cell: ({ grantedAt }) => when(call, grantedAt) },
    { heading: t('servicePrincipal.grantedBy'), cell: ({ grantedBy }) => grantedBy },
    { heading: t('table.id'), cell: ({ id }) => id },
  ];
  const { added, removed } = principal.changedSince;
  for (const [title, lines] of [
    [t('servicePrincipal.grants'), grants.length > 0 ? tableLines(columns, grants) : [t('words.none')]],
    [t('servicePrincipal.added'), added.length > 0 ? permissionLines(call, permissionRows(added)) : []],
    [t('servicePrincipal.removed'), removed.length > 0 ? permissionLines(call, permissionRows(removed)) : []],
  ] as const) {
    if (lines.length > 0) for (const line of ['', title, ...lines.map((each) => `  ${each}`)]) call.say(line);
  }
}

export async function enable(call: Call): Promise<ExitCode> {
  const { id, displayName: name } = await findPrincipal(call);
  const request = { method: 'POST', path: at`/service-principals/${id}/enable` };
  await doAndSay(call, request, call.t('servicePrincipal.enable.done', { name }));
  return exitCodes.ok;
}

export async function disable(call: Call): Promise<ExitCode> {
  const { id, displayName: name } = await findPrincipal(call);
  await confirm(call, call.t('servicePrincipal.disable.question', { name }));
  const request = { method: 'POST', path: at`/service-principals/${id}/disable` };
  await doAndSay(call, request, call.t('servicePrincipal.disable.done', { name }));
  return exitCodes.ok;
}

export async function requireAssignment(call: Call): Promise<ExitCode> {
  const choice = call.operandIfGiven('yes|no') ?? 'yes';
  if (choice !== 'yes' && choice !== 'no') {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('usage.oneOf', { option: choice, values: 'yes, no' }));
  }
  const { id, displayName: name } = await findPrincipal(call);
  const body = { requiresAssignment: choice === 'yes' };
  const request = { method: 'PATCH', path: at`/service-principals/${id}`, options: { body } };
  const done =
    choice === 'yes' ? 'servicePrincipal.requireAssignment.done' : 'servicePrincipal.requireAssignment.doneNot';
  await doAndSay(call, request, call.t(done, { name }));
  return exitCodes.ok;
}

export async function assign(call: Call): Promise<ExitCode> {
  return await changeAssigned(call, 'PUT', 'servicePrincipal.assign.done');
}

export async function unassign(call: Call): Promise<ExitCode> {
  return await changeAssigned(call, 'DELETE', 'servicePrincipal.unassign.done');
}

async function changeAssigned(
  call: Call,
  method: 'PUT' | 'DELETE',
  done: 'servicePrincipal.assign.done' | 'servicePrincipal.unassign.done',
): Promise<ExitCode> {
  const { id, displayName: name } = await findPrincipal(call);
  const user = call.operand('USER');
  const request = { method, path: at`/service-principals/${id}/assignments/${user}` };
  await doAndSay(call, request, call.t(done, { name, user }));
  return exitCodes.ok;
}

export async function revoke(call: Call): Promise<ExitCode> {
  const wanted = call.operandIfGiven('GRANT');
  if ((wanted === undefined) !== call.flag('all')) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('servicePrincipal.revoke.which'));
  }
  const principal = await findPrincipal(call);
  const name = principal.displayName;
  if (wanted === undefined) {
    await confirm(call, call.t('servicePrincipal.revoke.questionAll', { name }));
    const request = { method: 'DELETE', path: at`/service-principals/${principal.id}/grants` };
    await doAndSay(call, request, call.t('servicePrincipal.revoke.doneAll', { name }));
    return exitCodes.ok;
  }
  const grant = findGrant(call, principal, wanted);
  const values = { name, permission: grant.values.join(', ') };
  await confirm(call, call.t('servicePrincipal.revoke.question', values));
  const request = { method: 'DELETE', path: at`/service-principals/${principal.id}/grants/${grant.id}` };
  await doAndSay(call, request, call.t('servicePrincipal.revoke.done', values));
  return exitCodes.ok;
}

/** By its id, or by the name of its permission where that is all that it grants. */
function findGrant(call: Call, principal: WireServicePrincipal, wanted: string): Grant {
  const isIt = ({ id, api, values: [value, ...more] }: Grant) =>
    id === wanted.toLowerCase() || (more.length === 0 && (value === wanted || `${api}/${value}` === wanted));
  const found = grantsOf(call, principal).filter(isIt);
  const [first, second] = found;
  if (!first) {
    throw new CliProblem(exitCodes.notFound, 'not-found', call.t('servicePrincipal.revoke.none', { grant: wanted }));
  }
  if (second) {
    const ids = found.map(({ id, api, kind, for: whom }) => `  ${id}  ${api}  ${word(call, kind)}  ${whom}`);
    throw new CliProblem(exitCodes.conflict, 'ambiguous', call.t('list.severalNamed', { name: wanted }), ids);
  }
  return first;
}

export async function remove(call: Call): Promise<ExitCode> {
  const { id, displayName: name } = await findPrincipal(call);
  await confirm(call, call.t('servicePrincipal.delete.question', { name }));
  const request = { method: 'DELETE', path: at`/service-principals/${id}` };
  await doAndSay(call, request, call.t('servicePrincipal.delete.done', { name }));
  return exitCodes.ok;
}
