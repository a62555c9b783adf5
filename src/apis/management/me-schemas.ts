import { Type } from '../../lib/schema.ts';

const Password = Type.String({ minLength: 1, maxLength: 1024 });
const Code = Type.String({ maxLength: 100 });

export const PasswordBody = Type.Object(
  { currentPassword: Password, newPassword: Password },
  { additionalProperties: false },
);

/** The password is needed when the session began more than ten minutes ago. */
export const StartSecondFactorBody = Type.Union([
  Type.Object({ currentPassword: Type.Optional(Password) }, { additionalProperties: false }),
  Type.Null(),
  Type.Undefined(),
]);

/** The only answer that holds the secret. */
export const StartedSecondFactor = Type.Object({ secret: Type.String(), uri: Type.String() });

export const ConfirmBody = Type.Object({ code: Code }, { additionalProperties: false });

/** A code of the authenticator app, or a recovery code. */
export const FactorBody = Type.Object(
  { code: Type.Optional(Code), recoveryCode: Type.Optional(Code) },
  { additionalProperties: false },
);

/** The only answer that holds the codes. */
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) });
