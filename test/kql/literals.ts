// What literals of either dialect must bear: texts that try to leave them.
import assert from 'node:assert/strict';
import fc from 'fast-check';

/** Texts of any characters, and of those that mean something to SQL, of which a dialect may have more. */
export function awkwardText(...others: readonly string[]): fc.Arbitrary<string> {
  const signs = ["'", '"', '\\', '\0', ';', '-', '/', '*', '$', '1', '\n', 'é', '𝄞', ...others];
  return fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...signs) }));
}

/** Reads literals of texts back, one by one, and one that is very long. */
export async function textsComeBack(texts: fc.Arbitrary<string>, readLiteralOf: (text: string) => Promise<unknown>) {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      assert.equal(await readLiteralOf(text), text.toWellFormed());
    }),
    { numRuns: 300 },
  );
  const megabyte = '\'\\"'.repeat(350_000);
  assert.equal(await readLiteralOf(megabyte), megabyte);
}

/** Names of columns, without what no name may have. */
export function columnNames(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return texts.map((text) => text.toWellFormed().replace(/[\0\\]/g, '')).filter((text) => text !== '');
}
