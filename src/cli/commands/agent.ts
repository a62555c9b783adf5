// SIEM agents and log collectors with the tokens bound to them.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, showList, showOnce, when, word } from '../show.ts';
import type { WireAgent, WireMintedAgent } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireAgent>(call, {
    path: '/agents',
    columns: [
      { heading: t('table.name'), cell: (agent) => agent.name },
      { heading: t('table.kind'), cell: (agent) => word(call, agent.kind) },
      { heading: t('table.generated'), cell: (agent) => when(call, agent.tokenGeneratedAt) },
      { heading: t('table.lastUsed'), cell: (agent) => when(call, agent.lastUsedAt) },
      { heading: t('table.from'), cell: (agent) => agent.lastUsedAddress ?? '-' },
      { heading: t('table.id'), cell: (agent) => agent.id },
    ],
  });
  return exitCodes.ok;
}

export async function create(call: Call): Promise<ExitCode> {
  const body = { kind: call.operand('KIND'), name: call.operand('NAME') };
  const minted = await call.api().call<WireMintedAgent>('POST', '/agents', { body });
  sayMinted(call, minted, call.t('agent.create.done', { name: minted.agent.name }));
  return exitCodes.ok;
}

export async function regenerate(call: Call): Promise<ExitCode> {
  const agent = await findListed<WireAgent>(call, '/agents', call.operand('AGENT'));
  await confirm(call, call.t('agent.regenerate.question', { name: agent.name }));
  const minted = await call.api().call<WireMintedAgent>('POST', at`/agents/${agent.id}/regenerate`);
  sayMinted(call, minted, call.t('agent.regenerate.done', { name: agent.name }));
  return exitCodes.ok;
}

function sayMinted(call: Call, minted: WireMintedAgent, sentence: string): void {
  showOnce(call, { json: minted, value: minted.value, sentence, once: call.t('token.once') });
}

export async function remove(call: Call): Promise<ExitCode> {
  const agent = await findListed<WireAgent>(call, '/agents', call.operand('AGENT'));
  await confirm(call, call.t('agent.delete.question', { name: agent.name }));
  const request = { method: 'DELETE', path: at`/agents/${agent.id}` };
  await doAndSay(call, request, call.t('agent.delete.done', { name: agent.name }));
  return exitCodes.ok;
}
