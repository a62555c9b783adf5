/**
 * Reads a value of an address's search as JSON where it is written as an object, a list or a quoted text, and throws otherwise: a
 * text stays as it is written. The router's own way makes numbers of names such as 1e5 and rounds long ids.
 */
export function readSearchValue(text: string): unknown {
  if (!/^[[{"]/.test(text)) throw new SyntaxError('Not JSON');
  return JSON.parse(text);
}
