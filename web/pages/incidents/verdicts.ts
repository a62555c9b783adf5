// Which determinations go with which classification, as the API takes them: no other pair can be chosen. A test holds this
// to the server's own table; determinations that were retired are shown where an incident has one.

export const verdicts = {
  truePositive: [
    'multiStagedAttack',
    'maliciousUserActivity',
    'compromisedAccount',
    'malware',
    'phishing',
    'unwantedSoftware',
    'other',
  ],
  informationalExpectedActivity: ['securityTesting', 'lineOfBusinessApplication', 'confirmedActivity', 'other'],
  falsePositive: ['notMalicious', 'notEnoughDataToValidate', 'other'],
} as const;

export const verdictClassifications = Object.keys(verdicts) as (keyof typeof verdicts)[]; // The keys that stand above.

export interface Verdict {
  readonly classification: string;
  readonly determination: string;
}

export const noVerdict = 'unknown/unknown';

/** Both as one value of a choice. */
export function verdictText({ classification, determination }: Verdict): string {
  return `${classification}/${determination}`;
}

const classifications = ['unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity'] as const;

/** What a change sends; undefined for a text that is none. */
export function parseVerdict(text: string) {
  const [name, determination = ''] = text.split('/');
  const classification = classifications.find((each) => each === name);
  return classification && determination !== '' ? { classification, determination } : undefined;
}

/** Whether the choice has it by itself. */
export function isOffered(verdict: Verdict): boolean {
  if (verdictText(verdict) === noVerdict) return true;
  return verdictClassifications.some(
    (each) => each === verdict.classification && verdicts[each].some((other) => other === verdict.determination),
  );
}
