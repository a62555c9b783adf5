// The table of contents of the command line, in the order in which help shows it.
import type { Command } from './command.ts';
import { applicationCommands } from './specs/applications.ts';
import { blockScriptCommands } from './specs/block-scripts.ts';
import { consentCommands, servicePrincipalCommands, tenantSettingCommands } from './specs/consent.ts';
import { detectionCommands } from './specs/detections.ts';
import { groupCommands, tenantCommands, userCommands } from './specs/directory.ts';
import { discoveryAppCommands } from './specs/discovery-apps.ts';
import { discoveryReportCommands } from './specs/discovery-reports.ts';
import { discoveryUploadCommands } from './specs/discovery-uploads.ts';
import { externalSignInCommands } from './specs/external-sign-in.ts';
import { huntingCommands } from './specs/hunting.ts';
import { savedQueryCommands, watchlistCommands } from './specs/hunting-kept.ts';
import { incidentCommands } from './specs/incidents.ts';
import { logCollectorCommands } from './specs/log-collectors.ts';
import { mailCommands, webhookCommands } from './specs/notifications.ts';
import { policyCommands } from './specs/policies.ts';
import { recordCommands } from './specs/records.ts';
import { roleCommands } from './specs/roles.ts';
import { serverCommands } from './specs/server.ts';
import { sessionCommands } from './specs/session.ts';
import { siemAgentCommands } from './specs/siem-agents.ts';
import { agentCommands, signingKeyCommands, tokenCommands } from './specs/tokens.ts';
import type { TextKey } from './text.ts';

export const sections: readonly { readonly title: TextKey; readonly commands: readonly Command[] }[] = [
  { title: 'help.sections.server', commands: serverCommands },
  { title: 'help.sections.session', commands: sessionCommands },
  { title: 'help.sections.directory', commands: [...tenantCommands, ...userCommands, ...groupCommands] },
  {
    title: 'help.sections.access',
    commands: [
      ...roleCommands,
      ...externalSignInCommands,
      ...tokenCommands,
      ...agentCommands,
      ...siemAgentCommands,
      ...logCollectorCommands,
      ...signingKeyCommands,
    ],
  },
  {
    title: 'help.sections.applications',
    commands: [...applicationCommands, ...servicePrincipalCommands, ...consentCommands, ...tenantSettingCommands],
  },
  {
    title: 'help.sections.records',
    commands: [
      ...incidentCommands,
      ...policyCommands,
      ...webhookCommands,
      ...mailCommands,
      ...huntingCommands,
      ...detectionCommands,
      ...savedQueryCommands,
      ...watchlistCommands,
      ...discoveryUploadCommands,
      ...discoveryAppCommands,
      ...discoveryReportCommands,
      ...blockScriptCommands,
      ...recordCommands,
    ],
  },
];

export const commands: readonly Command[] = sections.flatMap((section) => section.commands);

/** What the words in front of a command's last one are about. */
export const groupSummaries: Readonly<Record<string, TextKey>> = {
  demo: 'demo.summary',
  profile: 'profile.summary',
  'second-factor': 'secondFactor.summary',
  tenant: 'tenant.summary',
  user: 'user.summary',
  group: 'group.summary',
  role: 'role.summary',
  'external-sign-in': 'externalSignIn.summary',
  token: 'token.summary',
  agent: 'agent.summary',
  'signing-key': 'signingKey.summary',
  app: 'app.summary',
  'app permission': 'app.permission.summary',
  'app secret': 'app.secret.summary',
  'app certificate': 'app.certificate.summary',
  'app owner': 'app.owner.summary',
  'service-principal': 'servicePrincipal.summary',
  consent: 'consent.summary',
  settings: 'settings.summary',
  'hunt saved': 'hunt.saved.summary',
  'hunt retention': 'hunt.retention.summary',
  watchlist: 'watchlist.summary',
  kql: 'kql.summary',
  incident: 'incident.summary',
  detection: 'detection.summary',
  discovery: 'discovery.summary',
  'discovery app': 'cloudApp.summary',
  'discovery tag': 'cloudApp.tags.summary',
  'discovery custom-app': 'customApp.summary',
  'discovery weights': 'scoreWeights.summary',
  'discovery uploads': 'discovery.uploads.summary',
  'discovery source': 'discovery.source.summary',
  'discovery report': 'discovery.report.summary',
  'discovery user': 'discovered.user.summary',
  policy: 'policy.summary',
  webhook: 'webhook.summary',
  mail: 'mail.summary',
  ingest: 'ingest.summary',
  audit: 'audit.summary',
};

export function isGroup(words: readonly string[]): boolean {
  return Object.hasOwn(groupSummaries, words.join(' '));
}

/** The command with exactly these words. */
export function findCommand(words: readonly string[]): Command | undefined {
  return commands.find(
    (command) => command.words.length === words.length && command.words.every((word, index) => word === words[index]),
  );
}
