// Block scripts: what an appliance has to be told so that unsanctioned apps are blocked there, or sanctioned ones let through.
// They cover the tagged apps of the whole organisation, whatever report they were seen in.
import { concernOf, scopeOf } from '../../access/caller.ts';
import { Refusal } from '../../access/refusal.ts';
import type { Ctx } from '../../context.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { appDomainsTagged } from '../apps/tagged-domains.ts';
import { appliances, findAppliance } from './appliances.ts';
import { hostNamesOf } from './host-names.ts';
import { type ScriptType, scriptTypes } from './script.ts';

export interface BlockScript {
  /** Empty when no app has the tag. */
  readonly text: string;
  /** As the portal names its download (cloud-apps reference 2.8). */
  readonly fileName: string;
}

/** `format` is an appliance's id or name. Needs Discovery.read over the whole organisation; throws InvalidInput. */
export async function getBlockScript(ctx: Ctx, format: string, type: ScriptType): Promise<BlockScript> {
  const appliance = findAppliance(format);
  if (!appliance) {
    const known = appliances.map(({ id, title }) => `${id} (${title})`).join(', ');
    throw new InvalidInput('format', `format must be one of ${known}.`);
  }
  const hosts = hostNamesOf((await listTaggedHosts(ctx, type)).flat());
  const lines = hosts.length === 0 ? [] : [...appliance.write(hosts, type)];
  const day = new Date(ctx.clock()).toISOString().slice(0, 10);
  return {
    text: lines.map((line) => `${line}\n`).join(''),
    fileName: `${day}_CAS_${appliance.fileWord}_block_script.txt`,
  };
}

/** The host names of each tagged app that has any, in the order of app ids. Needs Discovery.read over the whole organisation. */
export async function listTaggedHosts(ctx: Ctx, type: ScriptType): Promise<string[][]> {
  requireWhole(ctx);
  const tag = type === 'banned' ? 'Unsanctioned' : 'Sanctioned';
  const apps = await appDomainsTagged(ctx.store.db, ctx.caller.tenantId, tag);
  return apps
    .filter(({ canBeBlocked }) => type === 'allowed' || canBeBlocked)
    .map(({ domains }) => hostNamesOf(domains))
    .filter((hosts) => hosts.length > 0);
}

/** Banned when nothing is said. Throws InvalidInput. */
export function parseScriptType(value: unknown): ScriptType {
  if (value === undefined || value === '') return 'banned';
  const type = scriptTypes.find((each) => each === value);
  if (type === undefined)
    throw new InvalidInput('type', 'type must be banned (unsanctioned apps) or allowed (sanctioned).');
  return type;
}

function requireWhole({ caller }: Ctx): void {
  if (scopeOf(caller, 'Discovery.read').all) return;
  const detail = 'Block scripts cover all reports, and the role is limited to some.';
  throw new Refusal({
    status: 403,
    code: 'permission-missing',
    message: `Insufficient role based permissions: ${detail}`,
    chain: [...caller.passed, { check: 'permission', outcome: 'failed', detail }],
    remedy: 'Ask somebody whose Discovery.read is not limited to reports.',
    ...concernOf(caller),
  });
}
