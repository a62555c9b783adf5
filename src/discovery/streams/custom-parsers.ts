// Definitions of custom parsers: of a data source, and the one that the tenant keeps as its default (cloud-apps reference 3.3).
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Db } from '../../db/store.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { callerName } from '../caller-name.ts';
import type { CustomParserDefinition } from '../custom-parser/definition.ts';
import * as store from './store.ts';
import { requireManager } from './streams.ts';

const definitionBytesMax = 20_000;

/** The definition as JSON text in normal form; null for null. Throws InvalidInput. */
export async function readCustomParser(input: unknown): Promise<string | null> {
  if (input === null) return null;
  const { parseCustomParser } = await import('../custom-parser/definition.ts');
  const text = JSON.stringify(parseCustomParser(input));
  if (Buffer.byteLength(text) <= definitionBytesMax) return text;
  throw new InvalidInput('customParser', `The definition may have at most ${definitionBytesMax} bytes.`);
}

/** What logs of the kind CUSTOM_PARSER are read with: the stream's own definition, or the tenant's default. Null if neither. */
export async function customParserFor(
  db: Db,
  tenantId: TenantId,
  streamId: string,
): Promise<CustomParserDefinition | null> {
  const stream = await store.findStreamRow(db, tenantId, streamId);
  const text = stream?.customParser ?? (await store.findDefaultParser(db, tenantId))?.definition;
  return text === undefined ? null : (JSON.parse(text) as CustomParserDefinition); // Written by readCustomParser.
}

/** The definition that a data source has of its own. Needs Discovery.manage. Throws NotFound when it has none. */
export async function getSourceParser(ctx: Ctx, id: string): Promise<CustomParserDefinition> {
  requireManager(ctx.caller);
  const row = await store.findStreamRow(ctx.store.db, ctx.caller.tenantId, id.toLowerCase());
  if (row?.kind !== 'data-source') throw new NotFound('The data source');
  if (row.customParser === null) throw new NotFound('The custom parser');
  return JSON.parse(row.customParser) as CustomParserDefinition; // Written by readCustomParser.
}

/** The tenant's default. Needs Discovery.manage. Throws NotFound when there is none. */
export async function getDefaultParser(ctx: Ctx): Promise<CustomParserDefinition> {
  requireManager(ctx.caller);
  const row = await store.findDefaultParser(ctx.store.db, ctx.caller.tenantId);
  if (!row) throw new NotFound('The custom parser');
  return JSON.parse(row.definition) as CustomParserDefinition; // Written by readCustomParser.
}

/** Puts the definition in the place of the default. Needs Discovery.manage. Throws InvalidInput. */
export async function putDefaultParser(ctx: Ctx, input: unknown): Promise<CustomParserDefinition> {
  requireManager(ctx.caller);
  const definition = await readCustomParser(input ?? {});
  if (definition === null) throw new InvalidInput('customParser', 'Send the definition of a parser.');
  const { tenantId } = ctx.caller;
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    await store.writeDefaultParser(trx, {
      ...{ tenantId, definition },
      changedAt: ctx.clock(),
      changedBy: callerName(ctx.caller),
    });
    await recordAudit(ctx, trx, { action: 'discovery-custom-parser.put', target, details: {} });
  });
  return JSON.parse(definition) as CustomParserDefinition; // Made from one right here.
}

/** Needs Discovery.manage. Throws NotFound when there is none. */
export async function deleteDefaultParser(ctx: Ctx): Promise<void> {
  requireManager(ctx.caller);
  const { tenantId } = ctx.caller;
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    if (!(await store.findDefaultParser(trx, tenantId))) throw new NotFound('The custom parser');
    await store.removeDefaultParser(trx, tenantId);
    await recordAudit(ctx, trx, { action: 'discovery-custom-parser.delete', target, details: {} });
  });
}

const target = { kind: 'discovery-custom-parser', id: 'default' };
