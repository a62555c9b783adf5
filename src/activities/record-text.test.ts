import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandRecord, wordCode } from './record-text.ts';

test('words come back in their places', () => {
  const stored = `${wordCode('{"_id":')}"1"${wordCode(',"timestamp":')}5${wordCode('},"rawDataJson":')}{"a":"b"}}`;
  assert.equal(expandRecord(stored), '{"_id":"1","timestamp":5},"rawDataJson":{"a":"b"}}');
});

test('the codes of words never change, because stored records use them', () => {
  assert.equal(wordCode('{"_id":'), '\u0001!');
  assert.equal(wordCode(',"created":'), '\u0001)');
  assert.equal(wordCode(',"serviceObjectType":'), '\u0001O');
  assert.equal(wordCode('},"rawDataJson":'), '\u0001b');
  assert.equal(wordCode(',"value":'), '\u0001d');
});

test('JSON text without words stays as it is', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.equal(expandRecord(text), text);
    }),
  );
});
