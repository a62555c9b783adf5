import { Type } from '../../lib/schema.ts';
import { TextOrNull, Time, TimeOrNull } from './schemas.ts';

export const AgentKind = Type.Union([Type.Literal('siem-agent'), Type.Literal('log-collector')]);

export const Agent = Type.Object({
  id: Type.String(),
  kind: AgentKind,
  name: Type.String(),
  createdBy: Type.String(),
  createdAt: Time,
  permissions: Type.Array(Type.String()),
  tokenGeneratedAt: Time,
  lastUsedAt: TimeOrNull,
  lastUsedAddress: TextOrNull,
});

export const CreateAgentBody = Type.Object(
  { kind: AgentKind, name: Type.String({ maxLength: 200 }) },
  { additionalProperties: false },
);

/** The only answers that ever hold an agent token's value. */
export const MintedAgent = Type.Object({ agent: Agent, value: Type.String() });
