// Microsoft Teams: teams, channels, members, chats, meetings (RecordType 25 and 57).
import { addAccount, addApplication, addObject, type Draft } from './draft.ts';
import { type AuditRecord, isRecord, listOf, pairValue, piece } from './fields.ts';

export function describeTeams(record: AuditRecord, draft: Draft): void {
  draft.userAgent ||= pairValue(record.ExtraProperties, 'UserAgent') || piece(record.ClientApplicationName);
  const team = piece(record.TeamName);
  const channel = piece(record.ChannelName);
  const chat = piece(record.ChatName);
  addObject(draft, { id: record.TeamGuid, name: team, serviceObjectType: 'Team' });
  addObject(draft, {
    id: record.ChannelGuid,
    name: channel,
    serviceObjectType: piece(record.ChannelType) || 'Channel',
  });
  addObject(draft, {
    id: record.ChatThreadId,
    name: chat,
    serviceObjectType: piece(record.CommunicationType) || 'Chat',
  });
  addObject(draft, { id: record.AddOnGuid, name: record.AddOnName, serviceObjectType: 'App' });
  const members = listOf(record.Members);
  for (const member of members) addAccount(draft, member.UPN ?? member.DisplayName);
  if (isRecord(record.AppAccessContext)) addApplication(draft, record.AppAccessContext);

  const place = channel === '' ? team || chat : `${team} / ${channel}`;
  const people = members.length === 0 ? '' : draft.accounts.slice(0, 5).join(', ');
  draft.target = people === '' ? place || piece(record.ItemName) || piece(record.AddOnName) : `${place} (${people})`;
}
