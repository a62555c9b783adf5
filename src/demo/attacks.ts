// How the demo's three attacks go, record by record, as the provider would have written them.
import { minuteMs } from '../lib/clock.ts';
import { directoryAct, exchangeAct } from './administration.ts';
import { guidFrom } from './seeded.ts';
import {
  accountId,
  creationTime,
  later,
  machineName,
  type Record,
  type Session,
  signIn,
  wrongPassword,
} from './sessions.ts';
import { addressIn, type Habits, type Stage, sitDown } from './staff.ts';
import { fileAct, mailWork, shared, siteUrlOf } from './work.ts';
import { type Device, devices, fileNames, type Office } from './world.ts';

/** What happens next, for those who watch. */
export const steps = [
  'spray.tried',
  'spray.entered',
  'spray.read',
  'spray.forwarded',
  'consent.consented',
  'consent.credentials',
  'consent.downloaded',
  'token.worked',
  'token.stolen',
  'token.shared',
] as const;
export type Step = (typeof steps)[number];

export interface Told {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly record: Record;
  readonly step: Step;
}

/** An attack on one account that is being written down. */
export class Attack {
  readonly stage: Stage;
  readonly victim: Habits;
  readonly told: Told[] = [];

  constructor(stage: Stage, victim: Habits) {
    this.stage = stage;
    this.victim = victim;
  }

  /** The victim's account in use; by the victim itself unless another device is named. */
  sitDown(address: string, now: number, device: Device = this.victim.device): Session {
    return sitDown(this.stage, this.victim.person, device, address, now);
  }

  atWork(now: number): Session {
    return this.sitDown(addressIn(this.victim.office, this.stage.random), now);
  }

  keep(step: Step, session: Session, record: Record): void {
    this.told.push({ at: session.now, record, step });
  }
}

/** The last of the devices that are still in use: what attackers work with. */
function attackersDevice(): Device {
  const [, , linux] = devices;
  if (!linux) throw new Error('The demo lacks a device.');
  return linux;
}

const between = { everybody: 20_000, rounds: 15 * minuteMs };

/** Two passwords are tried on many accounts. One is right; its mail is read, and then sent on to somebody outside. */
export function tellSpray(attack: Attack, tried: readonly Habits[], begin: number, hostile: Office): void {
  const { stage, victim } = attack;
  const { random, world } = stage;
  const device = attackersDevice();
  for (const round of [0, 1]) {
    tried.forEach(({ person }, index) => {
      const at = begin + round * between.rounds + index * between.everybody + random.integer(0, 9) * 1000;
      const session = sitDown(stage, person, device, addressIn(hostile, random), at);
      const isRight = round === 1 && person === victim.person;
      attack.keep(
        isRight ? 'spray.entered' : 'spray.tried',
        session,
        signIn(session, isRight ? undefined : wrongPassword),
      );
    });
  }
  const entered = begin + between.rounds + tried.length * between.everybody + 4 * minuteMs;
  const session = attack.sitDown(addressIn(hostile, random), entered, device);
  attack.keep('spray.entered', session, signIn(session));
  for (let mail = 0; mail < 6; mail++) attack.keep('spray.read', session, mailWork(session, 'MailItemsAccessed'));
  later(session, 240);
  const { userName } = victim.person;
  const rule = exchangeAct(session, 'New-InboxRule', `${userName}\\..`, [
    { Name: 'Mailbox', Value: userName },
    { Name: 'Name', Value: '..' },
    { Name: 'SubjectOrBodyContainsWords', Value: 'invoice;payment;contract' },
    { Name: 'ForwardTo', Value: `smtp:collect-${random.integer(100, 999)}@${outsideDomain(world.partners)}` },
    { Name: 'DeleteMessage', Value: 'True' },
  ]);
  attack.keep('spray.forwarded', session, rule);
  attack.keep('spray.forwarded', session, mailWork(session, 'SoftDelete'));
}

/** A domain that is none of the partners'. */
function outsideDomain(partners: readonly string[]): string {
  const domains = ['adatum.example', 'lucerne.example'];
  return domains.find((domain) => !partners.some((partner) => partner.endsWith(`@${domain}`))) ?? 'adatum.example';
}

const malicious = { name: 'Mail Backup Plus', downloads: 120 } as const;

/** The victim lets an app in; somebody gives that app a secret of theirs and takes files away with it. */
export function tellConsent(attack: Attack, begin: number): void {
  const { random, tenant, world } = attack.stage;
  const clientId = guidFrom(`app ${malicious.name} ${tenant.slug}`);
  const objectId = guidFrom(`object ${malicious.name} ${tenant.slug}`);
  const target = [
    { ID: `ServicePrincipal_${objectId}`, Type: 2 },
    { ID: objectId, Type: 2 },
    { ID: 'ServicePrincipal', Type: 2 },
    { ID: malicious.name, Type: 1 },
    { ID: clientId, Type: 4 },
  ];
  const about = { objectId: clientId, category: 'ServicePrincipal', target } as const;
  const own = attack.atWork(begin);
  attack.keep('consent.consented', own, signIn(own));
  later(own, 300);
  const scopes = 'Files.ReadWrite.All Mail.Read offline_access Application.ReadWrite.OwnedBy';
  const grant = { Name: 'DelegatedPermissionGrant.Scope', NewValue: `"${scopes}"`, OldValue: '' };
  const user = { Name: 'ConsentContext.IsAdminConsent', NewValue: '"False"', OldValue: '' };
  attack.keep(
    'consent.consented',
    own,
    directoryAct(own, 'Add delegated permission grant.', { ...about, changed: [grant] }),
  );
  own.now += 1000;
  const consented = [user, { Name: 'ConsentAction.Permissions', NewValue: `"Scope: ${scopes}"`, OldValue: '' }];
  attack.keep('consent.consented', own, directoryAct(own, 'Consent to application.', { ...about, changed: consented }));

  const remote = attack.sitDown(addressIn(world.hosting, random), own.now + 35 * minuteMs, attackersDevice());
  attack.keep('consent.credentials', remote, signIn(remote));
  later(remote, 120);
  const keyText = `[KeyIdentifier=${random.guid()},KeyType=Password,KeyUsage=Verify,DisplayName=backup]`;
  const key = { Name: 'KeyDescription', NewValue: JSON.stringify([keyText]), OldValue: '[]' };
  const added = directoryAct(remote, 'Add service principal credentials.', { ...about, changed: [key] });
  attack.keep('consent.credentials', remote, added);

  remote.now += 12 * minuteMs;
  const application = { ApplicationId: clientId, ApplicationDisplayName: malicious.name };
  for (const { siteUrl, name } of manyFiles(remote, malicious.downloads)) {
    remote.now += random.integer(250, 650);
    const download = fileAct(remote, 'FileDownloaded', siteUrl, name);
    const context = { ...(download.AppAccessContext as Record), ClientAppId: clientId }; // Made by accessContext.
    attack.keep('consent.downloaded', remote, { ...download, ...application, AppAccessContext: context });
  }
}

const sharedFiles = 64;

/**
 * Malware takes the victim's session from its laptop. Minutes after the victim, somebody abroad works in that same session
 * and shares files with the outside.
 */
export function tellTokenTheft(attack: Attack, begin: number, foreign: Office): readonly Record[] {
  const { random } = attack.stage;
  const own = attack.atWork(begin);
  attack.keep('token.worked', own, signIn(own));
  for (const { siteUrl, name } of manyFiles(own, 3)) {
    later(own, 300);
    attack.keep('token.worked', own, fileAct(own, 'FileAccessed', siteUrl, name));
  }
  const found = own.now + 2 * minuteMs;
  // The session's id stays: nobody signed in.
  const stolen: Session = {
    ...own,
    address: addressIn(foreign, random),
    device: attackersDevice(),
    now: found + 25 * minuteMs,
  };
  for (const { siteUrl, name } of manyFiles(stolen, 4)) {
    later(stolen, 60);
    attack.keep('token.stolen', stolen, fileAct(stolen, 'FileAccessed', siteUrl, name));
  }
  const buyer = `files-${random.integer(100, 999)}@${outsideDomain(attack.stage.world.partners)}`;
  for (const { siteUrl, name } of manyFiles(stolen, sharedFiles)) {
    stolen.now += random.integer(4, 9) * 1000;
    attack.keep('token.shared', stolen, shared(stolen, fileAct(stolen, 'FileAccessed', siteUrl, name), buyer, true));
  }
  return [stealerAlert(own, found)];
}

/** What the endpoint product says of the victim's laptop. */
function stealerAlert(session: Session, at: number): Record {
  const { person, tenant, random } = session;
  const machine = machineName(session);
  const sha256 = `${guidFrom(`stealer of ${tenant.slug}`)}${guidFrom(`stealer 2 of ${tenant.slug}`)}`.replaceAll(
    '-',
    '',
  );
  const moment = `${creationTime(at)}Z`;
  return {
    schema: 'sallyport-alert/1',
    id: `ed-${random.guid()}`,
    product: 'Example Endpoint',
    title: 'A program read the session cookies of a browser',
    description: `statement.exe read the cookies of the browser on ${machine} and was stopped afterwards.`,
    severity: 'medium',
    category: 'CredentialAccess',
    createdAt: moment,
    firstActivityAt: moment,
    lastActivityAt: moment,
    techniques: ['T1539'],
    entities: [
      { type: 'user', userPrincipalName: person.userName, objectId: accountId(person.userName) },
      { type: 'file', name: 'statement.exe', path: 'C:\\Users\\Public\\Downloads', sha256 },
    ],
    devices: [
      {
        id: `${guidFrom(`machine ${machine}`)}${guidFrom(`machine 2 ${machine}`)}`.replaceAll('-', '').slice(0, 40),
        name: `${machine.toLowerCase()}.${tenant.domain}`,
        osPlatform: 'Windows11',
        osVersion: '24H2',
        address: session.address,
      },
    ],
    evidence: ['The cookie store was opened by a process that is no browser.'],
  };
}

/** So many files, each another one. */
function* manyFiles(session: Session, count: number): Iterable<{ siteUrl: string; name: string }> {
  const { sites } = session.world;
  for (let index = 0; index < count; index++) {
    const file = fileNames[index % fileNames.length] ?? '';
    const dot = file.lastIndexOf('.');
    const round = Math.floor(index / fileNames.length);
    const name = round === 0 ? file : `${file.slice(0, dot)} ${round + 1}${file.slice(dot)}`;
    yield { siteUrl: siteUrlOf(session, sites[index % sites.length] ?? ''), name };
  }
}
