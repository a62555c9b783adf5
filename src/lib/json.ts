/**
 * What is wrong with a text that is no JSON, as the end of a sentence, with the place when it is known. The engine's own
 * message repeats a piece of the text, which may be a secret.
 */
export function jsonProblem(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (/^Unexpected end|^Unterminated string/.test(message)) return 'it ends too early';
  const [, position] = / at position (\d+)/.exec(message) ?? [];
  if (position === undefined) return 'it is not well formed';
  const before = text.slice(0, Number(position)).split('\n');
  return `it breaks at line ${before.length}, character ${(before.at(-1) ?? '').length + 1}`;
}
