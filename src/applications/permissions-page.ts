import { endpointPermissions, type PermissionSurface, resourcesOf } from './endpoint-permissions.ts';
import { type ApiPermission, listResources } from './resources.ts';

const surfaceNames: Readonly<Record<PermissionSurface, string>> = {
  'cloud-apps': 'Cloud apps',
  defender: 'Defender',
  graph: 'Graph',
};

/** docs/endpoint-permissions.md: the same tables that the API answers with. A test fails when the file differs. */
export function permissionsPage(): string {
  return `${[
    '# Which permission opens which endpoint',
    '',
    'For tokens that apps take. One of the permissions in a cell is enough. An application permission is in the claim `roles`',
    "of an app's own token; a delegated permission is in the claim `scp` of a token that an app carries for a person, and then",
    'the person must have the right as well, at that moment. `GET /management/v1/endpoint-permissions` answers with the same table.',
    ...surfaceTables(),
    '',
    '# The permissions of each API',
    '',
    'Ids of permissions are those of the documented services. The delegated permissions of Microsoft Cloud App Security have',
    'ids that are derived from their names (RFC 9562, version 5), because none are published.',
    ...resourceTables(),
  ].join('\n')}\n`;
}

function surfaceTables(): string[] {
  const surfaces = Object.keys(surfaceNames) as PermissionSurface[]; // The record has exactly these keys.
  return surfaces.flatMap((surface) => [
    '',
    `## ${surfaceNames[surface]}`,
    '',
    `Permissions of ${resourcesOf(surface).join(' and ')}.`,
    '',
    '| call | application permission | delegated permission |',
    '|---|---|---|',
    ...endpointPermissions()
      .filter((each) => each.surface === surface)
      .map(({ method, path, application, delegated }) => {
        return `| \`${method} ${path}\` | ${code(application)} | ${code(delegated)} |`;
      }),
  ]);
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function resourceTables(): string[] {
  return listResources().flatMap(({ displayName, appId, identifierUris, roles, scopes }) => [
    '',
    `## ${displayName}`,
    '',
    `App id \`${appId}\`${identifierUris.map((uri) => `, \`${uri}\``).join('')}.`,
    '',
    '| permission | kind | name for people | id | consent |',
    '|---|---|---|---|---|',
    ...roles.map((each) => permissionRow('application', each)),
    ...scopes.map((each) => permissionRow('delegated', each)),
  ]);
}

function permissionRow(kind: string, { value, displayName, id, adminOnly }: ApiPermission): string {
  return `| \`${value}\` | ${kind} | ${displayName} | \`${id}\` | ${adminOnly ? 'administrator' : 'person'} |`;
}
