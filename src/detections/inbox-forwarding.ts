// New inbox forwarding rule: a mailbox begins to send its mail to somebody outside of the organisation.
import { createHash } from 'node:crypto';
import { type AuditRecord, isRecord, listOf, pairValue, piece } from '../activities/unified-audit/fields.ts';
import { isOneOf } from '../events/dialect.ts';
import { and } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { openFamiliar } from './familiar.ts';
import { between, listSeen, readRawRecords, type Seen, spanOf } from './rows.ts';
import { col, rangeCondition } from './scene.ts';
import { appEntity, ipEntity, listed, mailboxEntity, moment, place, userEntity } from './words.ts';

interface Rule {
  /** Targets that the same mailbox had forwarded to in the time before are nothing new. */
  readonly forgivesKnown: boolean;
  /** Made from where the person always works, it is the person's own rule. */
  readonly forgivesFamiliar: boolean;
  /** Rules of the whole mail flow count as well. */
  readonly mailFlow: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { forgivesKnown: true, forgivesFamiliar: true, mailFlow: false },
  medium: { forgivesKnown: true, forgivesFamiliar: false, mailFlow: false },
  high: { forgivesKnown: false, forgivesFamiliar: false, mailFlow: true },
};

const mailboxOperations = ['New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules', 'Set-Mailbox'];
const mailFlowOperations = ['New-TransportRule', 'Set-TransportRule'];
/** Parameters of those cmdlets that name who gets the mail. */
const targetParameters = [
  'ForwardTo',
  'ForwardAsAttachmentTo',
  'RedirectTo',
  'ForwardingSmtpAddress',
  'ForwardingAddress',
  'RedirectMessageTo',
  'BlindCopyTo',
  'CopyTo',
];
const lookBackMs = 90 * dayMs;
/** More than a range has. */
const rowsMax = 20_000;

export const inboxForwarding: Detection = {
  id: detectionIds.inboxForwarding,
  name: 'inbox-forwarding',
  title: 'New inbox forwarding rule',
  description: 'A mailbox was told to send its mail to an address outside of the organisation.',
  alertType: 9_000_008,
  severity: 'high',
  category: 'Collection',
  stories: [0, 3],
  intents: [10, 11],
  mitreTechniques: ['T1114.003', 'T1564.008'],
  defaultSensitivity: 'medium',
  find,
};

/** A change that makes mail leave the organisation. */
interface Forwarding {
  readonly seen: Seen;
  /** Whose mail it is, lower case; null when it is everybody's, by a rule of the mail flow. */
  readonly mailbox: string | null;
  /** Addresses outside, lower case, sorted. */
  readonly targets: readonly string[];
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const rule = rules[scene.sensitivity];
  const operations = rule.mailFlow ? [...mailboxOperations, ...mailFlowOperations] : mailboxOperations;
  const span = spanOf(scene, ({ actionType }) => operations.includes(actionType));
  if (!span) return [];
  const ofOperation = isOneOf(col.actionType, operations);
  const fresh = await readForwardings(
    scene,
    await listSeen(scene, and([rangeCondition(scene.range), ofOperation]), rowsMax),
  );
  if (fresh.length === 0) return [];
  const known = rule.forgivesKnown ? await listKnown(scene, fresh) : new Map<string, number>();
  const isFamiliar = rule.forgivesFamiliar
    ? await openFamiliar(
        scene,
        fresh.map(({ seen }) => seen),
      )
    : () => false;
  const findings = new Map<string, Finding>();
  for (const forwarding of fresh) {
    const targets = forwarding.targets.filter((target) => !isKnown(known, forwarding, target));
    if (targets.length === 0 || isFamiliar(forwarding.seen)) continue;
    const key = keyOf({ ...forwarding, targets });
    if (!findings.has(key)) findings.set(key, findingOf(key, { ...forwarding, targets }));
    if (findings.size === findingsMax) break;
  }
  return [...findings.values()];
}

/** The same mailbox and targets are the same finding for a day: who edits a rule writes it again and again. */
function keyOf({ mailbox, targets, seen }: Forwarding): string {
  const hash = createHash('sha256').update(targets.join('\n')).digest('hex').slice(0, 16);
  return `${mailbox ?? `${seen.userName}'s mail flow`}|${hash}|${new Date(seen.timestamp).toISOString().slice(0, 10)}`;
}

async function readForwardings(scene: Scene, seen: readonly Seen[]): Promise<Forwarding[]> {
  return await readRawRecords(scene, seen, (record, each) => {
    if (piece(record.ResultStatus).toLowerCase() === 'false') return undefined;
    const targets = targetsOf(record).filter((target) => isOutside(target, scene.ownDomains));
    return targets.length > 0 ? { seen: each, mailbox: mailboxOf(record, each), targets } : undefined;
  });
}

const addressPattern = /[^\s"'<>[\](){},;:]+@[a-z0-9.-]+\.[a-z0-9-]+/gi;

/** Addresses that mail goes to by this record, lower case, sorted, each once. */
export function targetsOf(record: AuditRecord): string[] {
  const texts = targetParameters.map((parameter) => pairValue(record.Parameters, parameter));
  // Outlook writes its rules as JSON text: [{"ActionType":"Forward","Recipients":["…"]}].
  const actions = pairValue(record.OperationProperties, 'RuleActions');
  if (actions !== '') texts.push(...recipientsOf(actions));
  const found = texts.flatMap((text) => text.toLowerCase().match(addressPattern) ?? []);
  return [...new Set(found)].sort();
}

function recipientsOf(json: string): string[] {
  let actions: unknown;
  try {
    actions = JSON.parse(json);
  } catch {
    // Pieces of a record end after 512 characters.
    return /forward|redirect/i.test(json) ? [json] : [];
  }
  return listOf(actions)
    .filter((action) => /forward|redirect/i.test(piece(action.ActionType)))
    .flatMap((action) => (Array.isArray(action.Recipients) ? action.Recipients.map(recipientText) : []));
}

function recipientText(recipient: unknown): string {
  return isRecord(recipient)
    ? piece(recipient.Address ?? recipient.EmailAddress ?? recipient.Values)
    : piece(recipient);
}

/** Domains of the tenant and what is below them are inside. */
function isOutside(address: string, ownDomains: ReadonlySet<string>): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return !ownDomains.has(domain) && ![...ownDomains].some((own) => domain.endsWith(`.${own}`));
}

/** Whose mail: what a cmdlet names, else the owner or the actor. Inbox rules are `mailbox\rule name`. */
function mailboxOf(record: AuditRecord, seen: Seen): string | null {
  if (mailFlowOperations.includes(seen.actionType)) return null;
  const named = [
    pairValue(record.Parameters, 'Mailbox'),
    piece(record.MailboxOwnerUPN),
    pairValue(record.Parameters, 'Identity').split('\\')[0] ?? '',
    seen.actionType === 'Set-Mailbox' ? piece(record.ObjectId) : '',
  ];
  return (named.find((name) => name.includes('@')) ?? seen.userName).toLowerCase();
}

/** When mailboxes were first told of each target, by what these people and owners did in the time before. */
async function listKnown(scene: Scene, fresh: readonly Forwarding[]): Promise<Map<string, number>> {
  const times = fresh.map(({ seen }) => seen.timestamp);
  const users = [...new Set(fresh.flatMap(({ seen, mailbox }) => [seen.userName, mailbox ?? '']))];
  const earlier = await listSeen(
    scene,
    and([
      between(Math.min(...times) - lookBackMs, Math.max(...times)),
      isOneOf(col.actionType, mailboxOperations),
      isOneOf(col.userName, users),
    ]),
    rowsMax,
  );
  const first = new Map<string, number>();
  for (const { seen, mailbox, targets } of await readForwardings(scene, earlier)) {
    for (const target of targets) {
      const key = knownKey(mailbox, target);
      first.set(key, Math.min(first.get(key) ?? Number.POSITIVE_INFINITY, seen.timestamp));
    }
  }
  return first;
}

/** No address has a line break. */
function knownKey(mailbox: string | null, target: string): string {
  return `${target}\n${mailbox === null ? 'everybody' : `mailbox ${mailbox}`}`;
}

/** On an earlier day: the changes of one day are one finding. */
function isKnown(known: ReadonlyMap<string, number>, { mailbox, seen }: Forwarding, target: string): boolean {
  const midnight = Math.floor(seen.timestamp / dayMs) * dayMs;
  return (known.get(knownKey(mailbox, target)) ?? Number.POSITIVE_INFINITY) < midnight;
}

function findingOf(key: string, { seen, mailbox, targets }: Forwarding): Finding {
  const whose = mailbox === null ? 'The mail flow of the organisation' : `The mailbox ${mailbox}`;
  return {
    key,
    firstActivity: seen.timestamp,
    lastActivity: seen.timestamp,
    activityIds: [seen.id],
    title: mailbox === null ? 'Mail flow rule sends mail outside' : `New inbox forwarding rule: ${mailbox}`,
    description: `${whose} was told by ${seen.userName} to send mail to ${listed(targets)}, outside of the organisation.`,
    entities: [
      userEntity(seen.userName),
      ...(seen.address === '' ? [] : [ipEntity(seen.address, seen.countryCode)]),
      ...(mailbox === null ? [] : [mailboxEntity(mailbox)]),
      appEntity(seen.appId, seen.instance, seen.appName),
    ],
    devices: [],
    evidence: [
      {
        text: `${seen.actionType} by ${seen.userName}${seen.address === '' ? '' : ` from ${place(seen.address, seen.countryCode)}`} at ${moment(seen.timestamp)}.`,
      },
      { text: `Mail goes to ${listed(targets, 20)}.`, values: { targets: targets.slice(0, 20) } },
    ],
  };
}
