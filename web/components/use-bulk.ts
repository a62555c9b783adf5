import { useRef, useState } from 'react';

/** What could not be done, by the name of what it was to be done with. */
export interface BulkFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Does one thing after the other; `progress` goes from 0 to 1 while it runs, and cancelling ends it after the present one. */
export function useBulk() {
  const [progress, setProgress] = useState<number>();
  const isCancelled = useRef(false);
  return {
    progress,
    cancel: () => {
      isCancelled.current = true;
    },
    /** Resolves with what failed. */
    async run(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<readonly BulkFailure[]> {
      const failures: BulkFailure[] = [];
      isCancelled.current = false;
      setProgress(0);
      for (const [index, name] of names.entries()) {
        if (isCancelled.current) break;
        await work(name).catch((error: unknown) => failures.push({ name, error }));
        setProgress((index + 1) / names.length);
      }
      setProgress(undefined);
      return failures;
    },
  };
}
