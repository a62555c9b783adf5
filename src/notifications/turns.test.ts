import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TenantId } from '../lib/ids.ts';
import { type Target, Turns } from './turns.ts';

const target = (name: string): Target => {
  const [tenantId = '', targetId = ''] = name.split('/');
  return { tenantId: tenantId as TenantId, targetId }; // Any text will do.
};
const names = (targets: readonly Target[]) => targets.map(({ tenantId, targetId }) => `${tenantId}/${targetId}`);

test('each tenant has its turn before any has a second one, longest unserved first', () => {
  const turns = new Turns();
  const due = ['a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'c/2'].map(target);
  assert.deepEqual(names(turns.order(due)), ['a/1', 'b/1', 'c/1', 'a/2', 'c/2', 'a/3']);
  turns.served(target('a/1'));
  assert.deepEqual(names(turns.order(due)), ['b/1', 'c/1', 'a/2', 'c/2', 'a/3', 'a/1']);
});

test('with one place free at a time every target is served, whatever the backlog of the others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, selector: String }), (pairs) => {
      const turns = new Turns();
      const due = pairs.map(([tenant, each]) => target(`${tenant}/${each}`));
      const tenants = new Set(due.map(({ tenantId }) => tenantId)).size;
      const served: string[] = [];
      for (let turn = 0; turn < due.length * tenants; turn++) {
        const [first] = turns.order(due);
        if (!first) return;
        turns.served(first);
        served.push(...names([first]));
      }
      assert.deepEqual([...new Set(served)].sort(), names(due).sort());
      // Between two turns of a tenant each other one has had its own.
      const order = served.map((each) => each.split('/')[0]);
      for (let at = 0; at + tenants <= order.length; at++) {
        assert.equal(new Set(order.slice(at, at + tenants)).size, tenants);
      }
    }),
  );
});
