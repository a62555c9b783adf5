import { useRef, useState } from 'react';

export interface Sending<Result> {
  /** How much has been sent, from 0 to 1; undefined while nothing is. */
  readonly progress: number | undefined;
  readonly result: Result | undefined;
  readonly error: unknown;
  begin(): Promise<Result | undefined>;
  cancel(): void;
}

/** One upload at a time, with its progress, which can be cancelled. */
export function useUpload<Result>(
  work: (signal: AbortSignal, progress: (part: number) => void) => Promise<Result>,
): Sending<Result> {
  const [progress, setProgress] = useState<number>();
  const [result, setResult] = useState<Result>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  const begin = async () => {
    const stop = new AbortController();
    running.current = stop;
    setResult(undefined);
    setError(undefined);
    setProgress(0);
    try {
      const answer = await work(stop.signal, setProgress);
      setResult(answer);
      return answer;
    } catch (problem) {
      if (!stop.signal.aborted) setError(problem);
      return undefined;
    } finally {
      setProgress(undefined);
    }
  };
  return { progress, result, error, begin, cancel: () => running.current?.abort() };
}
