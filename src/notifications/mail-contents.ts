// What a mail says, out of the records as they are now.
import { findConsentRequestNotice, listEndingCredentials } from '../applications/notices.ts';
import type { Db } from '../db/store.ts';
import { findActivationNotice } from '../directory/notices.ts';
import type { Tenant } from '../directory/tenants.ts';
import { isoTime } from '../lib/clock.ts';
import { formatTicks } from '../lib/ticks.ts';
import { findPolicyProblem } from '../policies/problems.ts';
import { testEvent } from './events.ts';
import { type MailLanguage, mailLanguages } from './languages.ts';
import { type MailContent, severityWord } from './mail-texts.ts';
import type { RecipientRow } from './recipients-store.ts';
import { findAlert } from './subjects.ts';

export type FoundContent = MailContent & { readonly language: MailLanguage };

/** The content for this recipient; undefined when there is nothing to tell any more: decided, removed, renewed. */
export async function findMailContent(
  db: Db,
  tenant: Pick<Tenant, 'id' | 'displayName'>,
  recipient: Pick<RecipientRow, 'language'>,
  type: string,
  subjectId: string,
): Promise<FoundContent | undefined> {
  const language = mailLanguages.find((each) => each === recipient.language) ?? 'en';
  const common = { tenant: tenant.displayName, language };
  switch (type) {
    case 'alert.created':
      return await ofAlert(db, tenant, common, subjectId);
    case 'policy-problem.created': {
      const found = await findPolicyProblem(db, tenant.id, subjectId);
      if (!found) return undefined;
      const { policyName: policy, message, at } = found;
      const rows = [['policy', policy] as const, ['time', isoTime(at)] as const, ['description', message] as const];
      return {
        ...common,
        kind: found.kind === 'switched-off' ? 'policyOff' : 'policyFailed',
        values: { policy },
        rows,
      };
    }
    case 'consent-request.created': {
      const found = await findConsentRequestNotice(db, tenant.id, subjectId);
      if (!found) return undefined;
      const { app, userName: user, reason } = found;
      const rows = [['app', app] as const, ['user', user] as const, ['reason', reason] as const];
      return { ...common, kind: 'consentRequest', values: { app, user }, rows };
    }
    case 'role-approval.created': {
      const found = await findActivationNotice(db, tenant.id, subjectId);
      if (!found) return undefined;
      const { role, userName: user, justification } = found;
      const rows = [['role', role] as const, ['user', user] as const, ['reason', justification] as const];
      return { ...common, kind: 'roleApproval', values: { role, user }, rows };
    }
    case 'secret-expiry.created': {
      const all = await listEndingCredentials(db, tenant.id, 0, Number.MAX_SAFE_INTEGER, subjectId);
      const found = all.find(({ id }) => id === subjectId);
      if (!found) return undefined;
      const ends = isoTime(found.endsAt);
      const rows = [
        ['app', found.app] as const,
        ['appId', found.appId] as const,
        ['credential', found.description] as const,
        ['ends', ends] as const,
      ];
      return { ...common, kind: 'secretExpiry', values: { app: found.app, day: ends.slice(0, 10) }, rows };
    }
    case testEvent:
      return { ...common, kind: 'test', values: {}, rows: [] };
    default:
      return undefined;
  }
}

async function ofAlert(
  db: Db,
  tenant: Pick<Tenant, 'id'>,
  common: Pick<FoundContent, 'tenant' | 'language'>,
  alertId: string,
): Promise<FoundContent | undefined> {
  const alert = await findAlert(db, tenant.id, alertId);
  if (!alert) return undefined;
  const severity = severityWord(common.language, alert.severity);
  return {
    ...common,
    kind: 'alert',
    values: { severity, title: alert.title },
    rows: [
      ['title', alert.title],
      ['severity', severity],
      ['category', alert.category],
      ['time', formatTicks(alert.createdTicks)],
      ['description', alert.description],
      ['alertId', alert.alertId],
      ['incident', alert.incidentId === null ? '' : String(alert.incidentId)],
    ],
  };
}
