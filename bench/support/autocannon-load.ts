// Runs autocannon once, in a process of its own, as its parent's message says, and sends back what came of it.
import autocannon, { type Options, type Result } from 'autocannon';

export interface Answer {
  readonly result: Result;
  /** autocannon's own table. */
  readonly table: string;
}

process.once('message', (message) => {
  const options = message as Options; // The only message that token-load.ts sends.
  void autocannon(options).then((result) => {
    process.send?.({ result, table: autocannon.printResult(result) } satisfies Answer, () => process.disconnect());
  });
});
