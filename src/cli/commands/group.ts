// Groups of users whose activities an assignment or a filter may name.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, isId, showList, when } from '../show.ts';
import { blockLines } from '../table.ts';
import { printable } from '../width.ts';
import type { WireGroup, WireGroupWithMembers } from '../wire.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireGroup>(call, {
    path: '/groups',
    query: { search: call.option('search') },
    columns: [
      { heading: t('table.name'), cell: (group) => group.name },
      { heading: t('table.members'), cell: (group) => String(group.memberCount) },
      { heading: t('table.id'), cell: (group) => group.id },
    ],
  });
  return exitCodes.ok;
}

export async function create(call: Call): Promise<ExitCode> {
  const name = call.operand('NAME');
  await doAndSay(
    call,
    { method: 'POST', path: '/groups', options: { body: { name } } },
    call.t('group.create.done', { group: name }),
  );
  return exitCodes.ok;
}

async function idOf(call: Call): Promise<string> {
  const group = call.operand('GROUP');
  return isId(group) ? group : (await findListed<WireGroup>(call, '/groups', group)).id;
}

export async function show(call: Call): Promise<ExitCode> {
  const group = await readWholeGroup(call, at`/groups/${await idOf(call)}`);
  if (call.isJson) call.json(group);
  else {
    const block = [
      [call.t('table.name'), group.name],
      [call.t('table.id'), group.id],
      [call.t('table.created'), when(call, group.createdAt)],
      [call.t('table.members'), String(group.memberCount)],
    ] as const;
    for (const line of blockLines(block)) call.say(line);
    for (const member of group.members) call.say(`  ${printable(member)}`);
  }
  return exitCodes.ok;
}

/** The API gives members by the page. */
async function readWholeGroup(call: Call, path: string): Promise<WireGroupWithMembers> {
  const members: string[] = [];
  for (;;) {
    const query = { limit: 100, skip: members.length };
    const group = await call.api().call<WireGroupWithMembers>('GET', path, { query });
    members.push(...group.members);
    if (group.members.length === 0 || members.length >= group.memberCount) return { ...group, members };
  }
}

export async function add(call: Call): Promise<ExitCode> {
  const user = call.operand('USER-NAME');
  const request = { method: 'PUT', path: at`/groups/${await idOf(call)}/members/${user}` };
  await doAndSay(call, request, call.t('group.add.done', { user, group: call.operand('GROUP') }));
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const user = call.operand('USER-NAME');
  const request = { method: 'DELETE', path: at`/groups/${await idOf(call)}/members/${user}` };
  await doAndSay(call, request, call.t('group.remove.done', { user, group: call.operand('GROUP') }));
  return exitCodes.ok;
}

export async function deleteGroup(call: Call): Promise<ExitCode> {
  const group = call.operand('GROUP');
  const id = await idOf(call);
  await confirm(call, call.t('group.delete.question', { group }));
  await doAndSay(call, { method: 'DELETE', path: at`/groups/${id}` }, call.t('group.delete.done', { group }));
  return exitCodes.ok;
}
