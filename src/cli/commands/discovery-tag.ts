// Tags that apps can have.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, showList, yesNo } from '../show.ts';
import type { WireAppTag } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireAppTag>(call, {
    path: '/discovery/app-tags',
    columns: [
      { heading: t('table.name'), cell: ({ name }) => name },
      { heading: t('cloudApp.tags.builtIn'), cell: ({ isBuiltIn }) => yesNo(call, isBuiltIn) },
      { heading: t('cloudApp.tags.apps'), cell: ({ appIds }) => String(appIds.length) },
    ],
  });
  return exitCodes.ok;
}

export async function create(call: Call): Promise<ExitCode> {
  const name = call.operand('TAG');
  const request = { method: 'POST', path: '/discovery/app-tags', options: { body: { name } } };
  await doAndSay(call, request, call.t('cloudApp.tags.created', { tag: name }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const name = call.operand('TAG');
  await confirm(call, call.t('cloudApp.tags.question', { tag: name }));
  const request = { method: 'DELETE', path: at`/discovery/app-tags/${name}` };
  await doAndSay(call, request, call.t('cloudApp.tags.deleted', { tag: name }));
  return exitCodes.ok;
}
