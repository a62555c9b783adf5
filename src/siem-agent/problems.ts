// What is wrong now, each kind once with its last sentence and since when. The kinds are those that the documented agent
// reports (cloud-apps reference 4).
export type ProblemKind = 'internal' | 'send' | 'connection' | 'agent' | 'notification';

export interface Problem {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly since: number;
}

/** What the server takes of one. */
const detailCharsMax = 500;

export class Problems {
  readonly #known = new Map<ProblemKind, Problem>();
  readonly #changed: (problem: Problem | null) => void;

  /** `changed` hears of every new kind or sentence, and with null when one is over. */
  constructor(changed: (problem: Problem | null) => void) {
    this.#changed = changed;
  }

  get list(): readonly Problem[] {
    return [...this.#known.values()];
  }

  set(kind: ProblemKind, sentence: string): void {
    // What the system says may span lines; the server takes a line of bounded length.
    const detail = sentence
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, detailCharsMax)
      .toWellFormed();
    const known = this.#known.get(kind);
    if (known?.detail === detail) return;
    const problem = { kind, detail, since: known?.since ?? Date.now() };
    this.#known.set(kind, problem);
    this.#changed(problem);
  }

  clear(...kinds: readonly ProblemKind[]): void {
    const were = kinds.filter((kind) => this.#known.delete(kind));
    if (were.length > 0) this.#changed(null);
  }
}
