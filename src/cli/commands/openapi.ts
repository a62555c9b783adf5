// The OpenAPI documents of the server, for generators and people.
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { tableLines } from '../table.ts';

interface WireDocuments {
  readonly version: string;
  readonly documents: readonly WireDocument[];
}

interface WireDocument {
  readonly surface: string;
  readonly title: string;
  readonly url: string;
}

/** The document as JSON, whether or not JSON was asked for: it is nothing else. */
export async function openApi(call: Call): Promise<ExitCode> {
  const list = await call.api().open<WireDocuments>('/openapi');
  const wanted = call.operandIfGiven('SURFACE');
  if (wanted === undefined) {
    if (call.isJson) call.json(list);
    else for (const line of listed(call, list.documents)) call.say(line);
    return exitCodes.ok;
  }
  const surfaces = list.documents.map(({ surface }) => surface);
  if (!surfaces.includes(wanted)) {
    const message = call.t('openApi.unknown', { surface: wanted, surfaces: surfaces.join(', ') });
    throw new CliProblem(exitCodes.notFound, 'not-found', message);
  }
  call.json(await call.api().open<unknown>(at`/openapi/${`${wanted}.json`}`));
  return exitCodes.ok;
}

function listed({ t }: Call, documents: readonly WireDocument[]): string[] {
  return tableLines<WireDocument>(
    [
      { heading: t('openApi.name'), cell: ({ surface }) => surface },
      { heading: t('openApi.address'), cell: ({ url }) => url },
    ],
    documents,
  );
}
