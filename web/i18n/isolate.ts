// Names come from anywhere, and some turn the text around them: "invoice<U+202E>fdp.exe" reads as a PDF file.

/** Embeddings, overrides and isolates (UAX #9): the characters that reach beyond themselves. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
/** Letters of right-to-left scripts, and the marks and characters that act like them. */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200e\u200f\u061c]/u;

/** A value for the middle of a sentence, which it cannot turn: without such characters, and isolated where it runs from the right. */
export function isolated(value: string): string {
  const plain = value.replaceAll(turning, '');
  return rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain;
}
