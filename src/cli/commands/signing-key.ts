// The keys that sign tokens, for the operator's administrators.
import { confirm } from '../ask.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { showList, when, word } from '../show.ts';
import type { WireSigningKey } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireSigningKey>(call, {
    path: '/signing-keys',
    columns: [
      { heading: t('table.id'), cell: ({ id }) => id },
      { heading: t('table.state'), cell: ({ state }) => word(call, state) },
      { heading: t('table.created'), cell: ({ createdAt }) => when(call, createdAt) },
      { heading: t('signingKey.signsFrom'), cell: ({ signsFrom }) => when(call, signsFrom) },
      { heading: t('signingKey.publishedUntil'), cell: ({ publishedUntil }) => when(call, publishedUntil) },
    ],
    nextQuery: () => undefined,
  });
  return exitCodes.ok;
}

export async function rotate(call: Call): Promise<ExitCode> {
  const withdraw = call.flag('withdraw');
  const immediately = withdraw || call.flag('now');
  if (withdraw) await confirm(call, call.t('signingKey.rotate.question'));
  const body = { immediately, withdraw };
  const key = await call.api().call<WireSigningKey>('POST', '/signing-keys', { body });
  if (call.isJson) call.json(key);
  else if (withdraw) call.say(call.t('signingKey.rotate.doneWithdrawn', { id: key.id }));
  else if (key.state === 'signing') call.say(call.t('signingKey.rotate.doneNow', { id: key.id }));
  else call.say(call.t('signingKey.rotate.done', { id: key.id, at: when(call, key.signsFrom) }));
  return exitCodes.ok;
}
