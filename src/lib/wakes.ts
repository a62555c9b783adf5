/** Rounds of work that begin when somebody asks for one, never two at once. What a round finds to do is the work's own affair. */
export class Wakes<Result> {
  readonly #work: () => Promise<Result>;
  readonly #ended: (error?: unknown) => number;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #round: Promise<Result> | undefined;

  /** `ended` is told of each round that the timer began, with what it threw, and says in how many ms the next one is due. */
  constructor(work: () => Promise<Result>, ended: (error?: unknown) => number) {
    this.#work = work;
    this.#ended = ended;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The next round begins so soon at the latest. */
  wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#isStopped || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.go().then(
        () => this.wakeIn(this.#ended()),
        (error: unknown) => this.wakeIn(this.#ended(error)),
      );
    }, ms);
    this.#timer.unref();
  }

  /** The round that is under way, or a new one. */
  go(): Promise<Result> {
    this.#round ??= this.#work().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Resolves when no round is under way. One that begins now sees whatever was done before the call. */
  async idle(): Promise<void> {
    await this.#round?.catch(() => {});
  }

  /** No round begins any more; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.idle();
  }
}
