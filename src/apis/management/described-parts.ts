// What several descriptions of the management surface share.
import type { Credential, DescribedAnswer, Schema } from '../openapi/described.ts';

/** For calls that API tokens open as well as people's sessions. */
export const orToken: readonly Credential[] = ['session', 'api-token'];

/** Bodies that are read as they come. */
export const anyText: Schema = { type: 'string' };

export const csv: Readonly<Record<number, DescribedAnswer>> = {
  200: { description: 'The file.', type: 'text/csv', schema: anyText },
};
