// Words of the API that the portal has texts for. Others are shown as they are.
import type { TextKey } from '../../../i18n/texts.ts';

const periods = ['0', '1H', '3H', '12H', '24H'] as const;
export const severities = ['informational', 'low', 'medium', 'high'] as const;
export const statuses = ['completed', 'partiallyFailed', 'failed'] as const;

type Period = (typeof periods)[number];
export type Severity = (typeof severities)[number];
type Status = (typeof statuses)[number];

export const isPeriod = (text: string): text is Period => periods.some((each) => each === text);
export const isSeverity = (text: string): text is Severity => severities.some((each) => each === text);
export const isStatus = (text: string): text is Status => statuses.some((each) => each === text);

/** What becomes of an event id of a run. */
export const statusText = (status: Status): TextKey<'hunting'> => `rules.statuses.${status}`;
