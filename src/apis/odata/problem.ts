/**
 * What is wrong with a query option, as a sentence that names the option or property. Each surface answers it with 400
 * in its own shape.
 */
export class ODataProblem extends Error {
  override readonly name = 'ODataProblem';
  /** The option, such as $filter. */
  readonly option: string;
  /** Where in the option's text, counted from 1; null when it is about the whole. */
  readonly position: number | null;
  constructor(option: string, problem: string, position: number | null = null) {
    super(position === null ? problem : `${option}, character ${position}: ${problem}`);
    this.option = option;
    this.position = position;
  }
}

const shownMax = 60;

/** A piece of what the client sent, short enough to be repeated in a message. */
export function shown(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}
