// What an alert template may say.
import { InvalidInput } from '../lib/failures.ts';
import { type AlertTemplate, type AssetKind, assetKinds, dynamicColumns, dynamicColumnsMax } from './rule.ts';

const at = 'detectionAction.alertTemplate';

/**
 * Identifiers of the documented enumerations deviceAssetIdentifier, userAssetIdentifier and mailboxAssetIdentifier
 * (https://learn.microsoft.com/graph/api/resources/security-impactedasset), and columns that the list of required columns
 * names beside them.
 */
export const assetIdentifiers: Readonly<Record<AssetKind, readonly string[]>> = {
  device: ['deviceId', 'deviceName', 'remoteDeviceName', 'targetDeviceName', 'destinationDeviceName'],
  user: [
    ...['accountObjectId', 'accountSid', 'accountUpn', 'accountName', 'accountDomain', 'accountId'],
    ...['requestAccountSid', 'requestAccountName', 'requestAccountDomain', 'recipientObjectId'],
    ...['processAccountObjectId', 'initiatingAccountSid', 'initiatingProcessAccountUpn', 'initiatingAccountName'],
    ...['initiatingAccountDomain', 'servicePrincipalId', 'servicePrincipalName', 'targetAccountUpn'],
    ...['initiatingProcessAccountSid', 'initiatingProcessAccountObjectId'],
  ],
  mailbox: [
    ...['recipientEmailAddress', 'senderFromAddress', 'senderMailFromAddress', 'senderEmailAddress'],
    'senderObjectId',
  ],
};

/** Categories of the documented service: tactics of MITRE ATT&CK, and kinds of threat. */
export const categories = [
  ...['CommandAndControl', 'Collection', 'CredentialAccess', 'DefenseEvasion', 'Discovery', 'Execution'],
  ...['Exfiltration', 'Exploit', 'Impact', 'InitialAccess', 'LateralMovement', 'Malware', 'Persistence'],
  ...['PrivilegeEscalation', 'Ransomware', 'Reconnaissance', 'ResourceDevelopment', 'SuspiciousActivity'],
  ...['UnwantedSoftware', 'WeaponizationAndDelivery'],
] as const;

const titleLengthMax = 500;
const textLengthMax = 10_000;
const techniquesMax = 50;

/** Throws InvalidInput for the first thing that is wrong. */
export function checkAlertTemplate(template: AlertTemplate): void {
  const { title, description, recommendedActions, category, mitreTechniques } = template;
  requireText('title', title, titleLengthMax);
  requireText('description', description, textLengthMax);
  if (recommendedActions !== null && recommendedActions !== '') {
    requireText('recommendedActions', recommendedActions, textLengthMax);
  }
  if (!categories.some((each) => each === category)) {
    throw new InvalidInput(`${at}.category`, `category is one of ${categories.join(', ')}.`);
  }
  const isTechnique = (each: string): boolean => /^T\d{4}(\.\d{3})?$/.test(each);
  if (mitreTechniques.length > techniquesMax || !mitreTechniques.every(isTechnique)) {
    throw new InvalidInput(
      `${at}.mitreTechniques`,
      `mitreTechniques are at most ${techniquesMax} ids such as T1078.004.`,
    );
  }
  const dynamic = dynamicColumns(title, description);
  if (dynamic.length > dynamicColumnsMax || dynamic.includes('')) {
    const message = `title and description may name ${dynamicColumnsMax} columns together ({{DeviceName}}), not ${dynamic.length}.`;
    throw new InvalidInput(at, message);
  }
  checkAssets(template);
}

/** At least one, and of each kind one at most, as documented. */
function checkAssets({ impactedAssets }: AlertTemplate): void {
  const field = `${at}.impactedAssets`;
  if (impactedAssets.length === 0) {
    throw new InvalidInput(field, 'impactedAssets must name at least one column that says what an alert is about.');
  }
  for (const kind of assetKinds) {
    const [first, ...more] = impactedAssets.filter((each) => each.kind === kind);
    if (more.length > 0) throw new InvalidInput(field, `impactedAssets may name one ${kind} only.`);
    const known = assetIdentifiers[kind];
    if (first && !known.includes(first.identifier)) {
      throw new InvalidInput(field, `The identifier of a ${kind} is one of ${known.join(', ')}.`);
    }
  }
}

function requireText(name: string, text: string, lengthMax: number): void {
  if (text.trim() !== '' && text.length <= lengthMax && !text.includes('\0') && text.isWellFormed()) return;
  throw new InvalidInput(`${at}.${name}`, `${name} must be 1 to ${lengthMax} characters.`);
}
