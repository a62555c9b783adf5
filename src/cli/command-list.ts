// The table of contents of the command line, in the order in which help shows it.
import type { Command } from './command.ts';
import { groupCommands, tenantCommands, userCommands } from './specs/directory.ts';
import { recordCommands } from './specs/records.ts';
import { roleCommands } from './specs/roles.ts';
import { serverCommands } from './specs/server.ts';
import { sessionCommands } from './specs/session.ts';
import { agentCommands, tokenCommands } from './specs/tokens.ts';
import type { TextKey } from './text.ts';

export const sections: readonly { readonly title: TextKey; readonly commands: readonly Command[] }[] = [
  { title: 'help.sections.server', commands: serverCommands },
  { title: 'help.sections.session', commands: sessionCommands },
  { title: 'help.sections.directory', commands: [...tenantCommands, ...userCommands, ...groupCommands] },
  { title: 'help.sections.access', commands: [...roleCommands, ...tokenCommands, ...agentCommands] },
  { title: 'help.sections.records', commands: recordCommands },
];

export const commands: readonly Command[] = sections.flatMap((section) => section.commands);

/** What each first word of a two-word command is about. */
export const groupSummaries: Readonly<Record<string, TextKey>> = {
  profile: 'profile.summary',
  'second-factor': 'secondFactor.summary',
  tenant: 'tenant.summary',
  user: 'user.summary',
  group: 'group.summary',
  role: 'role.summary',
  token: 'token.summary',
  agent: 'agent.summary',
  ingest: 'ingest.summary',
  audit: 'audit.summary',
};

export function isGroup(word: string): boolean {
  return Object.hasOwn(groupSummaries, word);
}

/** The command with exactly these words. */
export function findCommand(words: readonly string[]): Command | undefined {
  return commands.find(
    (command) => command.words.length === words.length && command.words.every((word, index) => word === words[index]),
  );
}
