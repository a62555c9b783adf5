import { Type } from '../../lib/schema.ts';

/** What became of a machine action. Whoever got it through the webhook shows the value that came with it. */
export const ActionReportBody = Type.Object(
  {
    status: Type.Union([
      Type.Literal('InProgress'),
      Type.Literal('Succeeded'),
      Type.Literal('Failed'),
      Type.Literal('TimeOut'),
      Type.Literal('Cancelled'),
    ]),
    comment: Type.Optional(Type.String({ maxLength: 1000 })),
    externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    report: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);

export const ActionState = Type.Object({
  id: Type.String(),
  type: Type.String(),
  status: Type.String(),
  machineId: Type.String(),
  lastUpdateDateTimeUtc: Type.String(),
});
