import { type Clock, systemClock } from '../../src/lib/clock.ts';

/** A Saturday in autumn, so that nothing in a test depends on the day on which it runs. */
export const testStart = Date.UTC(2026, 10, 21, 9, 0, 0);

/** The one fake of the test suite: a clock that stands still until a test moves it. */
export class TestClock {
  #now: number;

  constructor(startAt: number = testStart) {
    this.#now = startAt;
  }

  /** Hand this to whatever takes a Clock. */
  readonly now: Clock = () => this.#now;

  /** Moves the time on by this many milliseconds (see minuteMs, hourMs, dayMs in src/lib/clock.ts). */
  advance(ms: number): void {
    if (ms < 0) throw new Error('The test clock only goes forward; use moveTo to set it back.');
    this.#now += ms;
  }

  /** Sets the time, backward too: that is how a test plays a machine whose clock was corrected. */
  moveTo(epochMs: number): void {
    this.#now = epochMs;
  }
}

/** The real time, for tests with clients that put their own into what they sign. It cannot be moved. */
export class WallClock extends TestClock {
  override readonly now: Clock = systemClock;
}
