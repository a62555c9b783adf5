import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCommand, quotedPath, resolvePath } from './commands.ts';

test('a command is a word in any case and the rest of its line', () => {
  assert.deepEqual(parseCommand('stor a b.log\r'), { verb: 'STOR', argument: 'a b.log' });
  assert.deepEqual(parseCommand('QUIT'), { verb: 'QUIT', argument: '' });
  assert.deepEqual(parseCommand(''), { verb: '', argument: '' });
});

test('no path leads above the root', () => {
  assert.deepEqual(resolvePath(['squid'], '../../../etc/passwd'), ['etc', 'passwd']);
  assert.deepEqual(resolvePath(['squid'], 'x.log'), ['squid', 'x.log']);
  assert.deepEqual(resolvePath(['squid'], '/asa/./x'), ['asa', 'x']);
  const part = fc.constantFrom('..', '.', '', 'a', '/', 'b c');
  fc.assert(
    fc.property(fc.array(part), fc.array(part), (current, parts) => {
      const resolved = resolvePath(resolvePath([], current.join('/')), parts.join('/'));
      assert.ok(resolved.every((each) => each !== '..' && each !== '.' && each !== '' && !each.includes('/')));
    }),
  );
});

test('quotes within a quoted path are doubled', () => {
  assert.equal(quotedPath(['a"b', 'c']), '"/a""b/c"');
});
