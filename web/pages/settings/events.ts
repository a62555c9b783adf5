// What there is to be told of (docs/webhooks.md); a test holds both lists to the server's own.

/** What webhooks choose from. */
export const webhookEvents = [
  'alert.created',
  'alert.updated',
  'incident.created',
  'incident.updated',
  'machine-action.created',
  'machine-action.updated',
  'policy-problem.created',
] as const;

/** What mail is about besides. */
export const mailOnlyEvents = ['consent-request.created', 'role-approval.created', 'secret-expiry.created'] as const;
