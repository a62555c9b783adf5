// The audit log: reading it, and proving that nobody changed it.
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type AuditHead, type Profile, signedInProfile } from '../profiles.ts';
import { showList, word } from '../show.ts';
import { tableLines } from '../table.ts';
import { utcTime } from '../times.ts';
import type { WireAuditRecord, WireAuditVerification, WirePresentSession } from '../wire.ts';
import { momentOption } from './role.ts';

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireAuditRecord>(call, {
    path: '/audit',
    query: {
      ...{ from: momentOption(call, 'from', 'back'), to: momentOption(call, 'to', 'back') },
      ...{ action: call.option('action'), actor: call.option('actor') },
      ...{ search: call.option('search'), before: call.option('before'), log: call.option('log') },
    },
    columns: [
      { heading: '#', cell: (record) => String(record.sequence) },
      { heading: t('table.time'), cell: (record) => utcTime(record.at) },
      { heading: t('table.action'), cell: (record) => record.action },
      { heading: t('table.outcome'), cell: (record) => word(call, record.outcome) },
      { heading: t('table.actor'), cell: (record) => record.actor.name },
      { heading: t('table.target'), cell: ({ target }) => target?.name ?? target?.id ?? '-' },
      { heading: t('table.from'), cell: (record) => record.address ?? '-' },
      { heading: t('table.correlationId'), cell: (record) => record.correlationId ?? '-' },
    ],
    nextQuery: (page, query) => (page.next ? { ...query, before: page.next } : undefined),
  });
  return exitCodes.ok;
}

/** The whole chain is computed again, which may take a while. */
const verificationSecondsMax = 600;

/**
 * Verifies the whole log. What only a later look can show, a log that was cut off or put back to an earlier state,
 * shows because the profile remembers the last record that it saw verified.
 */
export async function verify(call: Call): Promise<ExitCode> {
  const { tenant } = await call.api().call<WirePresentSession>('GET', '/session');
  const profile = signedInProfile(call.profiles, call.profileName, call.t);
  const log = call.option('log') ?? 'tenant';
  // What was seen of the deployment's log is remembered under a name that is no tenant's id.
  const chain = log === 'tenant' ? tenant.id : log;
  const known = Object.hasOwn(profile.auditHeads, chain) ? profile.auditHeads[chain] : undefined;
  const answer = await call.api().call<WireAuditVerification>('GET', '/audit/verification', {
    query: { knownSequence: known?.sequence, knownHash: known?.hash, log },
    idleSecondsMax: verificationSecondsMax,
  });
  const isRolledBack = known !== undefined && answer.known === 'missing';
  const isSound = answer.intact && !isRolledBack;
  if (isSound) remember(call, profile, chain, answer);
  if (call.isJson) call.json({ ...answer, lastVerified: known ?? null });
  else showVerification(call, answer, known, isRolledBack);
  return isSound ? exitCodes.ok : exitCodes.damaged;
}

function remember(call: Call, profile: Profile, chain: string, { head }: WireAuditVerification): void {
  const verified: AuditHead = { sequence: head.sequence, hash: head.hash, verifiedAt: new Date().toISOString() };
  call.profiles.save({ ...profile, auditHeads: { ...profile.auditHeads, [chain]: verified } });
}

function showVerification(
  call: Call,
  answer: WireAuditVerification,
  known: AuditHead | undefined,
  isRolledBack: boolean,
): void {
  const { t } = call;
  const { records, head } = answer;
  if (answer.intact && !isRolledBack) {
    call.say(t('audit.verify.intact', { records, sequence: head.sequence, hash: head.hash }));
    if (known) call.say(t('audit.verify.sinceLast', { sequence: known.sequence, at: utcTime(known.verifiedAt) }));
    return;
  }
  call.say(t('audit.verify.damaged', { records }));
  const columns = [
    { heading: '#', cell: (problem: WireAuditVerification['problems'][number]) => String(problem.sequence) },
    { heading: t('table.kind'), cell: (problem: WireAuditVerification['problems'][number]) => problem.kind },
    { heading: t('explain.detail'), cell: (problem: WireAuditVerification['problems'][number]) => problem.detail },
  ];
  if (answer.problems.length > 0) for (const line of tableLines(columns, answer.problems)) call.say(line);
  if (isRolledBack && known) {
    const values = { sequence: known.sequence, at: utcTime(known.verifiedAt), hash: known.hash };
    call.say(t('audit.verify.rolledBack', values));
  }
  call.note(t('audit.verify.advice'));
}
