// What the wire numbers or abbreviates, in words.
import { type TextKey, useTexts } from '../../i18n/texts.ts';

/** The risk categories in the order of filters and choices. */
export const risks = [
  [0, 'risk.threat'],
  [1, 'risk.privileged'],
  [2, 'risk.compliance'],
  [3, 'risk.dlp'],
  [4, 'risk.discovery'],
  [5, 'risk.sharing'],
  [7, 'risk.access'],
  [8, 'risk.configuration'],
] as const satisfies readonly (readonly [number, TextKey<'policies'>])[];

export const severities = ['high', 'medium', 'low', 'informational'] as const;
export const types = ['AUDIT', 'ANOMALY_DETECTION', 'NEW_SERVICE'] as const;

/** A risk category by its number; one that is none of ours stays a number. */
export function useRiskText(): (category: number) => string {
  const t = useTexts('policies');
  return (category) => {
    const key = risks.find(([number]) => number === category)?.[1];
    return key === undefined ? String(category) : t(key);
  };
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** A template with its name and description in the reader's language; one that has no texts keeps the server's. */
export function useTemplateText(): <T extends Named>(template: T) => T {
  const t = useTexts('policies');
  const word = (key: string, otherwise: string): string => {
    const text = t(key as TextKey<'policies'>); // Ids come from the server; one that has no text gives its key back.
    return text === key ? otherwise : text;
  };
  return (template) => ({
    ...template,
    name: word(`template.${template.id}.name`, template.name),
    description: word(`template.${template.id}.about`, template.description),
  });
}
