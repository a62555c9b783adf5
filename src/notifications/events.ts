// What there is to be told of.

/** What webhooks choose from; `sallyport webhook` and docs/webhooks.md list the same. */
export const webhookEvents = [
  'alert.created',
  'alert.updated',
  'incident.created',
  'incident.updated',
  'machine-action.created',
  'machine-action.updated',
  'policy-problem.created',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** What mails are about. Not every recipient wants every one. */
export const mailEvents = [
  'alert.created',
  'policy-problem.created',
  'consent-request.created',
  'role-approval.created',
  'secret-expiry.created',
] as const;

/** Of a delivery that only shows that deliveries arrive. */
export const testEvent = 'test';

export function isWebhookEvent(name: string): name is WebhookEvent {
  return webhookEvents.some((each) => each === name);
}
