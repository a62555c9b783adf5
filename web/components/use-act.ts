import { useCallback, useState } from 'react';

interface Act<Input, Result> {
  readonly isBusy: boolean;
  /** What the last try failed with. */
  readonly error: unknown;
  /** Resolves with the result, or with undefined when it failed. */
  run(input: Input): Promise<Result | undefined>;
  forget(): void;
}

/**
 * One thing that a person does: busy while it runs, with the error that it ended with. Unlike a cached mutation it keeps no
 * result, so that values which are shown once are nowhere but in the component that shows them.
 */
export function useAct<Input, Result>(work: (input: Input) => Promise<Result>): Act<Input, Result> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const forget = useCallback(() => setError(undefined), []);
  const run = async (input: Input): Promise<Result | undefined> => {
    setBusy(true);
    setError(undefined);
    try {
      return await work(input);
    } catch (problem) {
      setError(problem ?? new Error('Unknown'));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, run, forget };
}
