import { Type } from '../../lib/schema.ts';
import { oneOf } from './directory-schemas.ts';
import { TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';

const severityNames = [
  Type.Literal('informational'),
  Type.Literal('low'),
  Type.Literal('medium'),
  Type.Literal('high'),
] as const;

export const SeverityOrNull = Type.Union([...severityNames, Type.Null()]);

export const Webhook = Type.Object({
  id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  severityMin: SeverityOrNull,
  isEnabled: Type.Boolean(),
  disabledReason: TextOrNull,
  owner: TextOrNull,
  createdAt: Time,
  lastSuccessAt: TimeOrNull,
  lastFailureAt: TimeOrNull,
  lastFailure: TextOrNull,
  failingSince: TimeOrNull,
});

export const WebhookList = Type.Object({ items: Type.Array(Webhook), total: Type.Integer() });

export const WebhookQuery = Type.Object(
  {
    ...WholeListQuery,
    sort: Type.Optional(oneOf('name', 'url', 'createdAt', 'lastSuccessAt', 'lastFailureAt')),
    isEnabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const fields = {
  name: Type.String({ maxLength: 200 }),
  url: Type.String({ maxLength: 4000 }),
  events: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 20 }),
};

export const CreateWebhookBody = Type.Object(
  { ...fields, severityMin: Type.Optional(SeverityOrNull) },
  { additionalProperties: false },
);

export const UpdateWebhookBody = Type.Object(
  {
    name: Type.Optional(fields.name),
    url: Type.Optional(fields.url),
    events: Type.Optional(fields.events),
    severityMin: Type.Optional(SeverityOrNull),
  },
  { additionalProperties: false },
);

/** The only answers that ever hold a webhook's secret. */
export const MintedWebhook = Type.Object({ webhook: Webhook, secret: Type.String() });

/** What came of a test. */
export const Trial = Type.Object({
  isDelivered: Type.Boolean(),
  status: Type.Union([Type.Integer(), Type.Null()]),
  reason: TextOrNull,
});

export const DeadLetter = Type.Object({
  id: Type.String(),
  channel: Type.Union([Type.Literal('webhook'), Type.Literal('mail')]),
  targetId: Type.String(),
  target: Type.String(),
  type: Type.String(),
  subjectId: Type.String(),
  happenedAt: Time,
  attempts: Type.Integer(),
  diedAt: Time,
  reason: TextOrNull,
});

export const DeadLetterList = Type.Object({ items: Type.Array(DeadLetter), total: Type.Integer() });

export const Retried = Type.Object({ retried: Type.Integer() });

export const RetryBody = Type.Object(
  { target: Type.Optional(Type.String({ maxLength: 200 })) },
  { additionalProperties: false },
);
