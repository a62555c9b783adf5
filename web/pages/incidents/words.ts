import { useMemo } from 'react';
import { type TextKey, useTexts } from '../../i18n/texts.ts';

type Words = Readonly<Record<string, TextKey<'security'>>>;

const severities: Words = {
  unspecified: 'severity.unspecified',
  unknown: 'severity.unspecified',
  informational: 'severity.informational',
  low: 'severity.low',
  medium: 'severity.medium',
  high: 'severity.high',
};

const statuses: Words = {
  active: 'status.active',
  new: 'status.new',
  inprogress: 'status.inProgress',
  resolved: 'status.resolved',
  redirected: 'status.redirected',
};

const classifications: Words = {
  unknown: 'classification.unknown',
  truepositive: 'classification.truePositive',
  informationalexpectedactivity: 'classification.informationalExpectedActivity',
  falsepositive: 'classification.falsePositive',
};

const determinations: Words = {
  unknown: 'determination.unknown',
  multistagedattack: 'determination.multiStagedAttack',
  malicioususeractivity: 'determination.maliciousUserActivity',
  compromisedaccount: 'determination.compromisedAccount',
  malware: 'determination.malware',
  phishing: 'determination.phishing',
  unwantedsoftware: 'determination.unwantedSoftware',
  apt: 'determination.apt',
  securitypersonnel: 'determination.securityPersonnel',
  securitytesting: 'determination.securityTesting',
  lineofbusinessapplication: 'determination.lineOfBusinessApplication',
  confirmedactivity: 'determination.confirmedActivity',
  notmalicious: 'determination.notMalicious',
  notenoughdatatovalidate: 'determination.notEnoughDataToValidate',
  other: 'determination.other',
};

const resolutions: Words = {
  open: 'resolution.open',
  dismissed: 'resolution.dismissed',
  resolved: 'resolution.resolved',
  falsepositive: 'resolution.falsePositive',
  benign: 'resolution.benign',
  truepositive: 'resolution.truePositive',
};

const kinds: Words = {
  user: 'kind.user',
  mailbox: 'kind.mailbox',
  ip: 'kind.ip',
  machine: 'kind.machine',
  file: 'kind.file',
  process: 'kind.process',
  app: 'kind.app',
  oauthapp: 'kind.oauthApp',
  url: 'kind.url',
  mail: 'kind.mail',
  group: 'kind.group',
  registry: 'kind.registry',
  other: 'kind.other',
};

const evidenceVerdicts: Words = {
  unknown: 'verdict.unknown',
  suspicious: 'verdict.suspicious',
  malicious: 'verdict.malicious',
  nothreatsfound: 'verdict.noThreatsFound',
};

/** Services that alerts come from, by the names of the documented API: names of products, so in no language. */
export const serviceNames: Readonly<Record<string, string>> = {
  MicrosoftCloudAppSecurity: 'Microsoft Defender for Cloud Apps',
  MicrosoftDefenderForEndpoint: 'Microsoft Defender for Endpoint',
  MicrosoftDefenderForIdentity: 'Microsoft Defender for Identity',
  MicrosoftDefenderForOffice365: 'Microsoft Defender for Office 365',
  AzureAdIdentityProtection: 'Microsoft Entra ID Protection',
  MicrosoftThreatProtection: 'Microsoft Defender XDR',
};

const none = '–';

/** Enumerations in the reader's language, whichever surface spelled them. A word that is none of ours stays as it came. */
export function useWords() {
  const t = useTexts('security');
  return useMemo(() => {
    const from = (words: Words) => (value: string | null | undefined) => {
      if (value === null || value === undefined || value === '') return none;
      const folded = value.toLowerCase();
      const key = Object.hasOwn(words, folded) ? words[folded] : undefined;
      return key === undefined ? value : t(key);
    };
    return {
      severity: from(severities),
      status: from(statuses),
      classification: from(classifications),
      determination: from(determinations),
      resolution: from(resolutions),
      kind: from(kinds),
      verdict: from(evidenceVerdicts),
      service: (name: string) => (Object.hasOwn(serviceNames, name) ? (serviceNames[name] ?? name) : name || none),
    };
  }, [t]);
}
