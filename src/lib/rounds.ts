/** Work that is done again and again as long as the process runs, never twice at once. */
export interface Rounds {
  /** Resolves when nothing is under way any more. The work learns of it by its `isStopped`. */
  stop(): Promise<void>;
}

/** Begins `firstMs` from now, and again `everyMs` after each end; what a round throws is told to `onError`. */
export function startRounds(
  { firstMs, everyMs }: { readonly firstMs: number; readonly everyMs: number },
  work: (isStopped: () => boolean) => Promise<void>,
  onError: (error: unknown) => void,
): Rounds {
  let isStopped = false;
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      round = work(() => isStopped)
        .catch(onError)
        .finally(() => wait(everyMs));
    }, ms);
    timer.unref();
  };
  wait(firstMs);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
