import { Type } from '../../lib/schema.ts';
import { oneOf } from './directory-schemas.ts';
import { TextOrNull, Time, TimeOrNull, WholeListQuery } from './schemas.ts';
import { SeverityOrNull } from './webhooks-schemas.ts';

export const MailSettings = Type.Object({
  isConfigured: Type.Boolean(),
  from: TextOrNull,
  perRecipientAndDay: Type.Integer(),
  recipientsMax: Type.Integer(),
});

const Language = Type.Union([
  Type.Literal('en'),
  Type.Literal('ja'),
  Type.Literal('zh-Hant'),
  Type.Literal('fr'),
  Type.Literal('ko'),
]);
const DaysOrNull = Type.Union([Type.Integer({ minimum: 1, maximum: 365 }), Type.Null()]);

export const MailRecipient = Type.Object({
  id: Type.String(),
  address: Type.String(),
  owner: TextOrNull,
  language: Language,
  alerts: SeverityOrNull,
  consentRequests: Type.Boolean(),
  roleApprovals: Type.Boolean(),
  expiringSecretDays: DaysOrNull,
  createdAt: Time,
  lastSuccessAt: TimeOrNull,
  lastFailureAt: TimeOrNull,
  lastFailure: TextOrNull,
  sentToday: Type.Integer(),
  withheldToday: Type.Integer(),
});

export const MailRecipientList = Type.Object({ items: Type.Array(MailRecipient), total: Type.Integer() });

export const MailRecipientQuery = Type.Object(
  { ...WholeListQuery, sort: Type.Optional(oneOf('address', 'createdAt', 'lastSuccessAt', 'lastFailureAt')) },
  { additionalProperties: false },
);

const wishes = {
  language: Type.Optional(Language),
  alerts: Type.Optional(SeverityOrNull),
  consentRequests: Type.Optional(Type.Boolean()),
  roleApprovals: Type.Optional(Type.Boolean()),
  expiringSecretDays: Type.Optional(DaysOrNull),
};
const Address = Type.String({ maxLength: 300 });

export const AddRecipientBody = Type.Object({ address: Address, ...wishes }, { additionalProperties: false });
export const UpdateRecipientBody = Type.Object(
  { address: Type.Optional(Address), ...wishes },
  { additionalProperties: false },
);
