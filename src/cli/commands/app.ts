// Applications of one's own tenant: registered, shown, changed, switched off and on.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { accessOf, permissionLines, permissionRows } from '../permission-names.ts';
import { doAndSay, findNamed, isId, showBlock, showList, when, word, yesNo } from '../show.ts';
import { type Column, tableLines } from '../table.ts';
import type { Page, WireApplication, WireCertificate, WireResource } from '../wire.ts';

/** The application that an operand names: by name, object id or application id. */
export async function findApplication(call: Call, operand = 'APP', status?: 'deleted'): Promise<WireApplication> {
  const ref = call.operand(operand);
  if (isId(ref)) return await call.api().call<WireApplication>('GET', at`/applications/${ref}`);
  return await findNamed<WireApplication>(call, '/applications', ref, ({ displayName }) => displayName, { status });
}

export async function register(call: Call): Promise<ExitCode> {
  const body = {
    displayName: call.operand('NAME'),
    description: call.option('description'),
    signInAudience: call.flag('any-organization') ? 'AzureADMultipleOrgs' : undefined,
    redirectUris: redirectUrisOf(call),
    isPublicClient: call.flag('public') || undefined,
    requiredAccess: await accessOf(call, call.list('permission')),
  };
  const app = await call.api().call<WireApplication>('POST', '/applications', { body });
  if (call.isJson) {
    call.json(app);
    return exitCodes.ok;
  }
  call.say(call.t('app.register.done', { name: app.displayName }));
  showBlock(call, app, [
    ['table.appId', app.appId],
    ['table.objectId', app.id],
    ['table.tenantId', app.publisherTenant.id],
  ]);
  if (app.requiredAccess.length > 0)
    call.note(call.t('app.noEffectYet', { command: `sallyport app consent ${app.appId}` }));
  return exitCodes.ok;
}

const uriTypes = { web: 'web', spa: 'spa', public: 'publicClient' } as const;

/** `web:https://…`, `spa:https://…`, `public:http://localhost`. Undefined when the option was not given. */
function redirectUrisOf(call: Call): Record<string, string[]> | undefined {
  const texts = call.list('redirect-uri');
  if (texts.length === 0) return undefined;
  const lists: Record<string, string[]> = { web: [], spa: [], publicClient: [] };
  for (const text of texts) {
    const [, type = '', uri = ''] = /^(web|spa|public):(.+)$/.exec(text) ?? [];
    if (uri === '') throw new CliProblem(exitCodes.usage, 'usage', call.t('app.redirectUri.malformed', { text }));
    lists[uriTypes[type as keyof typeof uriTypes]]?.push(uri); // The pattern admits only these.
  }
  return lists;
}

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireApplication>(call, {
    path: '/applications',
    query: { search: call.option('search'), status: call.option('status') },
    columns: [
      { heading: t('table.name'), cell: ({ displayName }) => displayName },
      { heading: t('table.status'), cell: ({ status }) => word(call, status) },
      { heading: t('app.audience'), cell: ({ signInAudience }) => audienceWord(call, signInAudience) },
      { heading: t('table.appId'), cell: ({ appId }) => appId },
      { heading: t('table.created'), cell: ({ createdAt }) => when(call, createdAt) },
    ],
  });
  return exitCodes.ok;
}

function audienceWord(call: Call, audience: WireApplication['signInAudience']): string {
  return call.t(audience === 'AzureADMultipleOrgs' ? 'app.anyOrganization' : 'app.thisOrganization');
}

export async function show(call: Call): Promise<ExitCode> {
  const app = await findApplication(call);
  const { t } = call;
  const { web, spa, publicClient } = app.redirectUris;
  showBlock(call, app, [
    ['table.name', app.displayName],
    ['table.appId', app.appId],
    ['table.objectId', app.id],
    ['table.tenantId', app.publisherTenant.id],
    ['table.status', word(call, app.status)],
    ['app.audience', audienceWord(call, app.signInAudience)],
    ['app.isPublic', yesNo(call, app.isPublicClient)],
    ['table.description', app.description ?? '-'],
    ['app.homePage', app.homePageUrl ?? '-'],
    ['app.logoutUrl', app.logoutUrl ?? '-'],
    ['app.identifierUris', app.identifierUris.join(' ') || '-'],
    ['app.owners', app.owners.map(({ userName }) => userName).join(', ') || t('words.none')],
    ['table.created', when(call, app.createdAt)],
    ...[
      ...web.map((uri) => `web:${uri}`),
      ...spa.map((uri) => `spa:${uri}`),
      ...publicClient.map((uri) => `public:${uri}`),
    ].map((uri) => ['app.redirectUri.name', uri] as const),
  ]);
  if (call.isJson) return exitCodes.ok;
  const rows = permissionRows(app.requiredAccess);
  saySection(call, t('app.asksFor'), rows.length > 0 ? permissionLines(call, rows) : []);
  saySection(
    call,
    t('app.secrets'),
    credentialLines(call, app.secrets, ({ hint }) => `${hint}…`),
  );
  saySection(
    call,
    t('app.certificates'),
    credentialLines(call, app.certificates, ({ thumbprintSha256 }) => thumbprintSha256),
  );
  return exitCodes.ok;
}

function saySection(call: Call, title: string, lines: readonly string[]): void {
  call.say('');
  call.say(title);
  for (const line of lines.length > 0 ? lines : [call.t('words.none')]) call.say(`  ${line}`);
}

type Credential = Pick<WireCertificate, 'id' | 'description' | 'endsAt'>;

function credentialLines<Item extends Credential>(
  call: Call,
  items: readonly Item[],
  mark: (item: Item) => string,
): string[] {
  if (items.length === 0) return [];
  const columns: Column<Item>[] = [
    { heading: call.t('table.description'), cell: ({ description }) => description },
    { heading: call.t('app.hint'), cell: mark },
    { heading: call.t('table.ends'), cell: ({ endsAt }) => when(call, endsAt) },
    { heading: call.t('table.id'), cell: ({ id }) => id },
  ];
  return tableLines(columns, items);
}

export async function update(call: Call): Promise<ExitCode> {
  const body = changeOf(call);
  if (Object.values(body).every((value) => value === undefined)) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('app.update.nothing'), [
      call.t('usage.more', { command: 'sallyport help app update' }),
    ]);
  }
  const { appId, displayName } = await findApplication(call);
  const request = { method: 'PATCH', path: at`/applications/${appId}`, options: { body } };
  await doAndSay(call, request, call.t('app.update.done', { name: displayName }));
  return exitCodes.ok;
}

/** What the server is to change; what no option names is left out and stays as it is. */
function changeOf(call: Call): Record<string, unknown> {
  const choice = (option: string): boolean | undefined => {
    const text = call.option(option);
    return text === undefined ? undefined : text === 'yes';
  };
  const urlOrNone = (option: string): string | null | undefined => {
    const text = call.option(option);
    return text === 'none' ? null : text;
  };
  const isForAll = choice('any-organization');
  const isEmptied = call.flag('no-redirect-uris');
  if (isEmptied && call.list('redirect-uri').length > 0) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('app.redirectUri.both'));
  }
  const identifierUris = call.list('identifier-uri');
  return {
    displayName: call.option('display-name'),
    description: urlOrNone('description'),
    signInAudience: isForAll === undefined ? undefined : isForAll ? 'AzureADMultipleOrgs' : 'AzureADMyOrg',
    redirectUris: isEmptied ? { web: [], spa: [], publicClient: [] } : redirectUrisOf(call),
    isPublicClient: choice('public'),
    homePageUrl: urlOrNone('home-page'),
    logoutUrl: urlOrNone('logout-url'),
    identifierUris: identifierUris.length > 0 ? identifierUris : undefined,
    refreshPolicy: call.option('refresh'),
    requiresPushedRequests: choice('require-pushed-requests'),
  };
}

export async function disable(call: Call): Promise<ExitCode> {
  const { appId, displayName: name } = await findApplication(call);
  await confirm(call, call.t('app.disable.question', { name }));
  const request = { method: 'POST', path: at`/applications/${appId}/disable` };
  await doAndSay(call, request, call.t('app.disable.done', { name }));
  return exitCodes.ok;
}

export async function enable(call: Call): Promise<ExitCode> {
  const { appId, displayName: name } = await findApplication(call);
  const request = { method: 'POST', path: at`/applications/${appId}/enable` };
  await doAndSay(call, request, call.t('app.enable.done', { name }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const { appId, displayName: name } = await findApplication(call);
  await confirm(call, call.t('app.delete.question', { name }));
  const request = { method: 'DELETE', path: at`/applications/${appId}` };
  await doAndSay(call, request, call.t('app.delete.done', { name }));
  return exitCodes.ok;
}

export async function restore(call: Call): Promise<ExitCode> {
  const { appId, displayName: name } = await findApplication(call, 'APP', 'deleted');
  const request = { method: 'POST', path: at`/applications/${appId}/restore` };
  await doAndSay(call, request, call.t('app.restore.done', { name }));
  return exitCodes.ok;
}

/** The APIs that applications can ask for, with their permissions. */
export async function resources(call: Call): Promise<ExitCode> {
  const search = call.operandIfGiven('SEARCH');
  const page = await call.api().call<Page<WireResource>>('GET', '/resources', { query: { search } });
  if (call.isJson) {
    call.json(page);
    return exitCodes.ok;
  }
  const rows = permissionRows(
    page.items.map(({ displayName, ...rest }) => ({ ...rest, resourceAppId: '', resource: displayName })),
  );
  if (rows.length === 0) call.say(call.t('list.empty'));
  else for (const line of permissionLines(call, rows)) call.say(line);
  if (search === undefined) {
    const command = 'sallyport app resources "Microsoft Threat Protection"';
    call.note(call.t('app.resources.notListed', { command }));
  }
  return exitCodes.ok;
}
