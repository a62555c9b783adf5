// Which operations mean what: the category (the wire's eventTypeName, the filter activity.eventActionType) and the words
// that a description begins with. LOGIN, FAILED_LOGIN, LOGOUT, DOWNLOAD_FILE, VIEW_REPORT, CREATE_USER, DELETE_USER and
// DELETE_OBJECT are names of the documented service (cloud-apps reference 2.3); the others are made like them.

export interface OperationRow {
  readonly category: string;
  readonly label: string;
  readonly operations: readonly string[];
  /** Says it for these operations whatever their record type. */
  readonly isAdmin?: boolean;
}

/** Directory operations stand here without the full stop that most records end them with. */
export const operationRows: readonly OperationRow[] = [
  // Sign-in
  {
    category: 'LOGIN',
    label: 'Log on',
    operations: ['UserLoggedIn', 'MailboxLogin', 'TeamsSessionStarted', 'SignInEvent'],
    isAdmin: false,
  },
  { category: 'FAILED_LOGIN', label: 'Failed log on', operations: ['UserLoginFailed'], isAdmin: false },
  {
    category: 'LOGOUT',
    label: 'Log off',
    operations: ['UserLoggedOut', 'UserLoggedOff', 'SignOutEvent'],
    isAdmin: false,
  },

  // Files and folders (SharePoint and OneDrive)
  {
    category: 'DOWNLOAD_FILE',
    label: 'Download file',
    operations: ['FileDownloaded', 'FileSyncDownloadedFull', 'FileSyncDownloadedPartial'],
  },
  {
    category: 'UPLOAD_FILE',
    label: 'Upload file',
    operations: ['FileUploaded', 'FileUploadedPartial', 'FileSyncUploadedFull', 'FileSyncUploadedPartial'],
  },
  {
    category: 'VIEW_FILE',
    label: 'View file',
    operations: ['FileAccessed', 'FileAccessedExtended', 'FilePreviewed', 'FileViewed', 'FileFetched'],
  },
  {
    category: 'EDIT_FILE',
    label: 'Edit file',
    operations: ['FileModified', 'FileModifiedExtended', 'FileCheckedIn', 'FileCheckedOut', 'FileCheckOutDiscarded'],
  },
  { category: 'RENAME_FILE', label: 'Rename file', operations: ['FileRenamed'] },
  { category: 'MOVE_FILE', label: 'Move file', operations: ['FileMoved'] },
  { category: 'COPY_FILE', label: 'Copy file', operations: ['FileCopied'] },
  {
    category: 'DELETE_FILE',
    label: 'Delete file',
    operations: [
      'FileDeleted',
      'FileRecycled',
      'FileDeletedFirstStageRecycleBin',
      'FileDeletedSecondStageRecycleBin',
      'FileVersionsAllDeleted',
    ],
  },
  { category: 'RESTORE_FILE', label: 'Restore file', operations: ['FileRestored'] },
  { category: 'CREATE_FOLDER', label: 'Create folder', operations: ['FolderCreated'] },
  {
    category: 'EDIT_FOLDER',
    label: 'Edit folder',
    operations: ['FolderModified', 'FolderRenamed', 'FolderMoved', 'FolderCopied', 'FolderRestored'],
  },
  {
    category: 'DELETE_FOLDER',
    label: 'Delete folder',
    operations: [
      'FolderDeleted',
      'FolderRecycled',
      'FolderDeletedFirstStageRecycleBin',
      'FolderDeletedSecondStageRecycleBin',
    ],
  },
  {
    category: 'VIEW_PAGE',
    label: 'View page',
    operations: ['PageViewed', 'PageViewedExtended', 'PagePrefetched', 'ClientViewSignaled'],
  },

  // Sharing
  {
    category: 'SHARE',
    label: 'Share',
    operations: [
      'SharingSet',
      'SharingInvitationCreated',
      'AccessInvitationCreated',
      'SharedLinkCreated',
      'SecureLinkCreated',
      'AddedToSecureLink',
      'CompanyLinkCreated',
      'AnonymousLinkCreated',
    ],
  },
  {
    category: 'UNSHARE',
    label: 'Stop sharing',
    operations: [
      'SharingRevoked',
      'SharingInvitationRevoked',
      'AccessInvitationRevoked',
      'SharedLinkDisabled',
      'SecureLinkDeleted',
      'RemovedFromSecureLink',
      'CompanyLinkRemoved',
      'AnonymousLinkRemoved',
    ],
  },
  {
    category: 'USE_SHARED_LINK',
    label: 'Use shared link',
    operations: [
      'SecureLinkUsed',
      'CompanyLinkUsed',
      'AnonymousLinkUsed',
      'SharingInvitationAccepted',
      'AccessInvitationAccepted',
    ],
  },
  {
    category: 'REQUEST_ACCESS',
    label: 'Access request',
    operations: ['AccessRequestCreated', 'AccessRequestApproved', 'AccessRequestRejected', 'AccessRequestUpdated'],
  },

  // Sites and lists
  { category: 'CREATE_SITE', label: 'Create site', operations: ['SiteCollectionCreated', 'SubsiteCreated'] },
  {
    category: 'DELETE_OBJECT',
    label: 'Delete',
    operations: ['SiteDeleted', 'ListDeleted', 'ListItemDeleted', 'ListItemRecycled', 'GroupRemoved'],
  },
  {
    category: 'CREATE_OBJECT',
    label: 'Create',
    operations: ['ListCreated', 'ListItemCreated', 'ListColumnCreated', 'GroupAdded'],
  },
  {
    category: 'EDIT_OBJECT',
    label: 'Edit',
    operations: ['ListUpdated', 'ListItemUpdated', 'ListColumnUpdated', 'GroupUpdated', 'SiteRenamed'],
  },
  { category: 'VIEW_OBJECT', label: 'View', operations: ['ListViewed', 'ListItemViewed'] },
  {
    category: 'CHANGE_PERMISSIONS',
    label: 'Change permissions',
    operations: [
      'SiteCollectionAdminAdded',
      'SiteCollectionAdminRemoved',
      'PermissionLevelAdded',
      'SharingInheritanceBroken',
    ],
    isAdmin: true,
  },
  {
    category: 'SEARCH',
    label: 'Search',
    operations: ['SearchQueryPerformed', 'SearchQueryInitiatedExchange', 'SearchQueryInitiatedSharePoint'],
  },

  // Mailboxes
  { category: 'SEND_MAIL', label: 'Send mail', operations: ['Send', 'SendAs', 'SendOnBehalf'] },
  { category: 'VIEW_MAIL', label: 'Read mail', operations: ['MailItemsAccessed', 'MessageBind', 'FolderBind'] },
  { category: 'CREATE_MAIL_ITEM', label: 'Create mail item', operations: ['Create'] },
  { category: 'EDIT_MAIL_ITEM', label: 'Edit mail item', operations: ['Update'] },
  { category: 'MOVE_MAIL_ITEM', label: 'Move mail item', operations: ['Move', 'Copy'] },
  { category: 'DELETE_MAIL', label: 'Delete mail', operations: ['MoveToDeletedItems', 'SoftDelete', 'HardDelete'] },
  {
    category: 'CHANGE_PERMISSIONS',
    label: 'Change mailbox permissions',
    operations: [
      'AddFolderPermissions',
      'ModifyFolderPermissions',
      'RemoveFolderPermissions',
      'UpdateCalendarDelegation',
    ],
  },
  {
    category: 'CHANGE_PERMISSIONS',
    label: 'Change mailbox permissions',
    operations: [
      'Add-MailboxPermission',
      'Remove-MailboxPermission',
      'Add-MailboxFolderPermission',
      'Remove-MailboxFolderPermission',
      'Add-RecipientPermission',
      'Remove-RecipientPermission',
    ],
    isAdmin: true,
  },
  {
    category: 'CHANGE_INBOX_RULE',
    label: 'Change inbox rule',
    operations: [
      'New-InboxRule',
      'Set-InboxRule',
      'Remove-InboxRule',
      'Enable-InboxRule',
      'Disable-InboxRule',
      'UpdateInboxRules',
    ],
    isAdmin: false,
  },
  {
    category: 'CHANGE_MAIL_FLOW',
    label: 'Change mail flow',
    operations: [
      'New-TransportRule',
      'Set-TransportRule',
      'Remove-TransportRule',
      'New-InboundConnector',
      'Set-InboundConnector',
    ],
    isAdmin: true,
  },

  // Directory
  { category: 'CREATE_USER', label: 'Create user', operations: ['Add user', 'Invite external user'], isAdmin: true },
  { category: 'DELETE_USER', label: 'Delete user', operations: ['Delete user', 'Hard Delete user'], isAdmin: true },
  {
    category: 'UPDATE_USER',
    label: 'Update user',
    operations: [
      'Update user',
      'Restore user',
      'Disable account',
      'Enable account',
      'Change user license',
      'Set license properties',
      'Set force change user password',
    ],
  },
  { category: 'CHANGE_PASSWORD', label: 'Change password', operations: ['Change user password'], isAdmin: false },
  { category: 'RESET_PASSWORD', label: 'Reset password', operations: ['Reset user password'], isAdmin: true },
  { category: 'CREATE_GROUP', label: 'Create group', operations: ['Add group'] },
  { category: 'UPDATE_GROUP', label: 'Update group', operations: ['Update group'] },
  { category: 'DELETE_GROUP', label: 'Delete group', operations: ['Delete group', 'Hard Delete group'] },
  {
    category: 'ADD_MEMBER',
    label: 'Add member',
    operations: ['Add member to group', 'Add owner to group', 'AddedToGroup', 'UserAddedToGroup', 'MemberAdded'],
  },
  {
    category: 'REMOVE_MEMBER',
    label: 'Remove member',
    operations: [
      'Remove member from group',
      'Remove owner from group',
      'RemovedFromGroup',
      'UserRemovedFromGroup',
      'MemberRemoved',
    ],
  },
  {
    category: 'ADD_ROLE_MEMBER',
    label: 'Add member to role',
    operations: [
      'Add member to role',
      'Add eligible member to role',
      'Add member to role completed (PIM activation)',
      'MemberRoleChanged',
    ],
    isAdmin: true,
  },
  {
    category: 'REMOVE_ROLE_MEMBER',
    label: 'Remove member from role',
    operations: ['Remove member from role', 'Remove eligible member from role'],
    isAdmin: true,
  },
  { category: 'CREATE_APPLICATION', label: 'Create application', operations: ['Add application'] },
  {
    category: 'UPDATE_APPLICATION',
    label: 'Update application',
    operations: [
      'Update application',
      'Update service principal',
      'Add service principal credentials',
      'Update application – Certificates and secrets management',
      'Add owner to application',
    ],
  },
  {
    category: 'DELETE_APPLICATION',
    label: 'Delete application',
    operations: ['Delete application', 'Remove service principal'],
  },
  {
    category: 'GRANT_PERMISSION',
    label: 'Grant permission to application',
    operations: [
      'Consent to application',
      'Add service principal',
      'Add OAuth2PermissionGrant',
      'Add delegated permission grant',
      'Add delegation entry',
      'Add app role assignment grant to user',
      'Add app role assignment to service principal',
    ],
  },
  { category: 'CREATE_DEVICE', label: 'Add device', operations: ['Add device', 'Register device'] },
  { category: 'DELETE_DEVICE', label: 'Delete device', operations: ['Delete device', 'Unregister device'] },
  {
    category: 'CHANGE_SETTINGS',
    label: 'Change settings',
    operations: [
      'Add policy',
      'Update policy',
      'Delete policy',
      'Set company information',
      'Set domain authentication',
      'Add unverified domain',
      'Verify domain',
      'Remove unverified domain',
      'TeamsTenantSettingChanged',
      'TeamSettingChanged',
      'ChannelSettingChanged',
    ],
    isAdmin: true,
  },

  // Teams
  { category: 'CREATE_TEAM', label: 'Create team', operations: ['TeamCreated'] },
  { category: 'DELETE_OBJECT', label: 'Delete', operations: ['TeamDeleted', 'ChannelDeleted', 'ChatDeleted'] },
  {
    category: 'CREATE_OBJECT',
    label: 'Create',
    operations: ['ChannelAdded', 'ChatCreated', 'TabAdded', 'ConnectorAdded', 'BotAddedToTeam', 'AppInstalled'],
  },
  {
    category: 'SEND_MESSAGE',
    label: 'Send message',
    operations: ['MessageSent', 'MessageCreatedHasLink', 'MessageUpdated'],
  },
  { category: 'DELETE_MESSAGE', label: 'Delete message', operations: ['MessageDeleted'] },
  { category: 'VIEW_MESSAGE', label: 'Read message', operations: ['MessageRead', 'MessagesListed', 'ChatRetrieved'] },
  {
    category: 'JOIN_MEETING',
    label: 'Meeting',
    operations: ['MeetingDetail', 'MeetingParticipantDetail'],
    isAdmin: false,
  },

  // Power BI
  { category: 'VIEW_REPORT', label: 'View report', operations: ['ViewReport', 'ViewDashboard', 'ViewTile'] },
];
