// One run of a query: the call, its end on demand, and what the server says is wrong, with line and column.
import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import type { Answer, Row } from './results/answer.ts';
import type { RenderInfo } from './results/chart-model.ts';

interface WireAnswer {
  readonly Stats: { readonly ExecutionTime: number };
  readonly Schema: readonly { readonly Name: string; readonly Type: string }[];
  readonly Results: readonly Row[];
}

/** A text to run, and where in the editor it begins. */
export interface Asked {
  readonly query: string;
  readonly startLine: number;
  readonly startColumn: number;
  /** ISO 8601 duration; empty for what the query itself says. */
  readonly timespan: string;
  /** What its `render` asks for; told while the query runs. */
  readonly render: Promise<RenderInfo | null>;
}

export interface Fault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type RunState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly startedAt: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly faults: readonly Fault[] }
  | { readonly kind: 'done'; readonly render: RenderInfo | null; readonly answer: Answer };

/** Runs one query at a time. `cancel` closes the connection, and with it the server ends the query. */
export function useRun() {
  const [state, setState] = useState<RunState>({ kind: 'none' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback((asked: Asked) => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setState({ kind: 'running', startedAt: Date.now() });
    Promise.all([ask(asked, stop.signal), asked.render]).then(
      ([answer, render]) => running.current === stop && setState({ kind: 'done', render, answer }),
      (error: unknown) => {
        if (running.current !== stop) return;
        setState(
          stop.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', error, faults: faultsOf(error, asked) },
        );
      },
    );
  }, []);
  const cancel = useCallback(() => running.current?.abort(), []);
  return { state, run, cancel };
}

async function ask({ query, timespan }: Asked, signal: AbortSignal): Promise<Answer> {
  const body = { Query: query, ...(timespan === '' ? {} : { Timespan: timespan }) };
  const answer = await call<WireAnswer>('/api/advancedhunting/run', { body, signal });
  return {
    columns: answer.Schema.map(({ Name, Type }) => ({ name: Name, type: Type })),
    rows: answer.Results,
    seconds: answer.Stats.ExecutionTime,
  };
}

/** Each line of the message ends with the place in the text that was sent; here it becomes the place in the editor. */
function faultsOf(error: unknown, { startLine, startColumn }: Pick<Asked, 'startLine' | 'startColumn'>): Fault[] {
  if (!(error instanceof ApiProblem)) return [];
  return [...error.message.matchAll(/(.*?) \[line:position=(\d+):(\d+)\](?:\n|$)/gs)].map(
    ([, message = '', ...place]) => {
      const [line = 1, column = 1] = place.map(Number);
      return { message, line: startLine + line - 1, column: line === 1 ? startColumn + column - 1 : column };
    },
  );
}
