/** The part of autocannon that bench/support/autocannon-load.ts uses; the package brings no types. */
declare module 'autocannon' {
  export interface Options {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Requests per second over all connections. */
    readonly overallRate?: number | undefined;
    readonly ignoreCoordinatedOmission?: boolean;
  }

  export interface Result {
    /** Seconds. */
    readonly duration: number;
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly '2xx': number;
    /** In milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  }

  function autocannon(options: Options): Promise<Result>;
  namespace autocannon {
    /** The table that the command prints. */
    function printResult(result: Result): string;
  }
  export default autocannon;
}
