// Shapes of roles, assignments and activations on the management API.
import { Type } from '../../lib/schema.ts';
import { AssignmentKind, AssignmentSource, oneOf, RoleState } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

const RoleBrief = Type.Object({ id: Type.String(), key: Type.String(), displayName: Type.String() });
const Person = Type.Object({ id: Type.String(), userName: Type.String(), displayName: Type.String() });

export const Role = Type.Object({
  id: Type.String(),
  key: Type.String(),
  displayName: Type.String(),
  isFullAdministrator: Type.Boolean(),
  /** What an assignment must name: nothing, app-instances, user-groups or discovery-reports. */
  scopedBy: Type.String(),
  /** The permission that assigns it. */
  assignedWith: Type.String(),
  permissions: Type.Array(Type.String()),
});

export const RoleSettings = Type.Object({
  activationSecondsMax: Type.Integer(),
  requiresJustification: Type.Boolean(),
  requiresSecondFactor: Type.Boolean(),
  requiresApproval: Type.Boolean(),
  /** Empty: whoever may assign the role approves. */
  approvers: Type.Array(Person),
});

/** What is left out stays as it is. Approvers are ids or user names. */
export const RoleSettingsBody = Type.Object(
  {
    activationSecondsMax: Type.Optional(Type.Integer()),
    requiresJustification: Type.Optional(Type.Boolean()),
    requiresSecondFactor: Type.Optional(Type.Boolean()),
    requiresApproval: Type.Optional(Type.Boolean()),
    approvers: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
  },
  { additionalProperties: false },
);

const AppInstance = Type.Object({ appId: Type.Integer(), instance: Type.Integer() }, { additionalProperties: false });

export const Scope = Type.Object({
  instances: Type.Array(AppInstance),
  groupIds: Type.Array(Type.String()),
  reportIds: Type.Array(Type.String()),
});

export const Assignment = Type.Object({
  id: Type.String(),
  user: Person,
  role: RoleBrief,
  kind: AssignmentKind,
  scope: Type.Union([Scope, Type.Null()]),
  startsAt: Time,
  endsAt: TimeOrNull,
  createdAt: Time,
  createdBy: Type.String(),
  source: AssignmentSource,
  groups: Type.Array(Type.String(), {
    description: "The provider's groups that gave it at the person's last sign-in; none where people assigned it.",
  }),
  state: RoleState,
  activeUntil: TimeOrNull,
});

export const AssignBody = Type.Object(
  {
    user: Type.String({ minLength: 1, maxLength: 200 }),
    role: Type.String({ minLength: 1, maxLength: 100 }),
    kind: AssignmentKind,
    scope: Type.Optional(
      Type.Object(
        {
          instances: Type.Optional(Type.Array(AppInstance, { maxItems: 1000 })),
          groupIds: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 })),
          reportIds: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 })),
        },
        { additionalProperties: false },
      ),
    ),
    startsAt: Type.Optional(TimeOrNull),
    endsAt: Type.Optional(TimeOrNull),
  },
  { additionalProperties: false },
);

const { search: _search, ...page } = PageQuery;

export const AssignmentQuery = Type.Object(
  {
    ...page,
    user: Type.Optional(Type.String({ maxLength: 200 })),
    role: Type.Optional(Type.String({ maxLength: 100 })),
    sort: Type.Optional(Type.Literal('createdAt')),
  },
  { additionalProperties: false },
);

export const OwnRole = Type.Object({
  assignmentId: Type.String(),
  role: RoleBrief,
  kind: AssignmentKind,
  scope: Type.Union([Scope, Type.Null()]),
  state: oneOf('active', 'eligible', 'scheduled', 'expired', 'pending'),
  activationId: Type.Optional(Type.String()),
  activeUntil: Type.Optional(Time),
  startsAt: Time,
  endsAt: Type.Optional(Time),
  activationSecondsMax: Type.Integer(),
  requiresJustification: Type.Boolean(),
  requiresSecondFactor: Type.Boolean(),
  requiresApproval: Type.Boolean(),
});

/** Which role, by `role` (id or key) or by `assignmentId` where one is eligible for it in several scopes. */
export const ActivateBody = Type.Object(
  {
    role: Type.Optional(Type.String({ maxLength: 100 })),
    assignmentId: Type.Optional(Type.String({ maxLength: 100 })),
    durationSeconds: Type.Integer(),
    justification: Type.Optional(Type.String({ maxLength: 2000 })),
    code: Type.Optional(Type.String({ maxLength: 100 })),
  },
  { additionalProperties: false },
);

export const RequestedActivation = Type.Object({
  id: Type.String(),
  status: oneOf('granted', 'pending'),
  startsAt: TimeOrNull,
  endsAt: TimeOrNull,
  role: RoleBrief,
});

export const Activation = Type.Object({
  id: Type.String(),
  assignmentId: Type.String(),
  user: Person,
  role: RoleBrief,
  status: Type.String(),
  durationSeconds: Type.Integer(),
  justification: Type.String(),
  requestedAt: Time,
  startsAt: TimeOrNull,
  endsAt: TimeOrNull,
  decidedBy: Type.Union([Person, Type.Null()]),
  decidedAt: TimeOrNull,
  decisionJustification: TextOrNull,
});

export const ActivationQuery = Type.Object(
  {
    ...page,
    status: Type.Optional(oneOf('pending', 'granted', 'denied', 'ended', 'canceled', 'lapsed')),
    user: Type.Optional(Type.String({ maxLength: 200 })),
    sort: Type.Optional(Type.Literal('requestedAt')),
  },
  { additionalProperties: false },
);

export const DecisionBody = Type.Object(
  { justification: Type.String({ maxLength: 2000 }) },
  { additionalProperties: false },
);
