/** What was typed one in each line, without blanks and empty lines. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\r\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
