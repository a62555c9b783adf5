import { StoreUnavailable } from '../../lib/failures.ts';

/** A full disk gets the name that every surface knows; all other errors pass unchanged. */
export function asStoreFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return error;
  return new StoreUnavailable(
    'disk-full',
    'The disk is full, so that the log could not be read. Nothing of it was kept.',
    {
      cause: error,
    },
  );
}
