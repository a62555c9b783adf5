// Block scripts for the portal and the command line: the same as the cloud-apps surface gives, with the name of the file.
import { Type } from '../../lib/schema.ts';
import { anyCtx, type ManagementApp } from './surface.ts';
import { toWire } from './wire.ts';

const ScriptQuery = Type.Object({
  format: Type.String({ maxLength: 64 }),
  type: Type.Optional(Type.String({ maxLength: 64 })),
});

const ScriptAnswer = Type.Object({ fileName: Type.String(), text: Type.String() });

export function discoveryBlockScriptRoutes(app: ManagementApp): void {
  const schema = { querystring: ScriptQuery, response: { 200: ScriptAnswer } };
  app.get('/discovery/block-script', { schema }, async (request) => {
    const ctx = await anyCtx(request);
    const { getBlockScript, parseScriptType } = await import('../../discovery/block-scripts/block-scripts.ts');
    const { format, type } = request.query;
    return toWire(await getBlockScript(ctx, format, parseScriptType(type)));
  });
}
