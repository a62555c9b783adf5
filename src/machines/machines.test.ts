import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { makeTenant } from '../../test/support/accounts.ts';
import { ctxOf } from '../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { AlertDevice } from '../alerts/alert.ts';
import type { Ctx } from '../context.ts';
import { TooLarge } from '../lib/failures.ts';
import {
  isMachineProblem,
  type Machine,
  type MachineReport,
  machineOfWire,
  machineWire,
  mergedWith,
  readMachine,
  reportOfDevice,
} from './machine.ts';
import { listMachines, noteDevices, noteMachines } from './machines.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

async function freshCtx(): Promise<Ctx> {
  return ctxOf(services, await makeTenant(services), ['Machine.Read.All']);
}

type Wire = Readonly<Record<string, unknown>>;

async function wiresOf(ctx: Ctx): Promise<Wire[]> {
  const query = { where: null, sort: 'id', direction: 'asc', skip: 0, limit: 100, isCounted: false } as const;
  return (await listMachines(ctx, query)).bodies.map((body) => JSON.parse(body) as Wire);
}

async function note(
  ctx: Ctx,
  devices: readonly AlertDevice[],
  lastActivityTicks: bigint,
  machinesMax = 100,
): Promise<void> {
  const { tenantId } = ctx.caller;
  await services.store.change(tenantId, (trx) =>
    noteDevices(trx, tenantId, [{ devices, lastActivityTicks }], machinesMax),
  );
}

test('of two reports the later counts, and the earlier fills what it leaves open, whichever comes first', async () => {
  const early = { mdatpDeviceId: 'M1', osPlatform: 'Windows10', riskScore: 'Low', tags: ['a'] };
  const late = { mdatpDeviceId: 'm1', osPlatform: 'Windows11', deviceDnsName: 'PC1', tags: ['a'] };
  const seen: Wire[] = [];
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const ctx = await freshCtx();
    for (const device of order) await note(ctx, [device], device === early ? 10_000_000n : 20_000_000n);
    seen.push(...(await wiresOf(ctx)));
  }
  const [first, second] = seen;
  assert.deepEqual(first, second);
  assert.equal(seen.length, 2);
  assert.deepEqual(
    [first?.id, first?.computerDnsName, first?.osPlatform, first?.riskScore, first?.machineTags],
    ['m1', 'PC1', 'Windows11', 'Low', ['a']],
  );
  assert.deepEqual([first?.firstSeen, first?.lastSeen], ['1970-01-01T00:00:01Z', '1970-01-01T00:00:02Z']);
});

test('tags that an administrator gave stay when alerts name the machine, and give way to those of a whole record', async () => {
  const ctx = await freshCtx();
  const { tenantId } = ctx.caller;
  const take = (changes: Wire) => {
    const report = readMachine({ id: 'm1', ...changes });
    assert.ok(!isMachineProblem(report));
    const room = { machinesMax: 9, whenFull: 'refuse' } as const;
    return services.store.change(tenantId, (trx) => noteMachines(trx, tenantId, [report], room));
  };
  const tags = async () => (await wiresOf(ctx))[0]?.machineTags;
  await take({ lastSeen: '1970-01-01T00:00:01Z', machineTags: ['ours'] });
  await note(ctx, [{ mdatpDeviceId: 'm1', tags: ['theirs'] }], 20_000_000n);
  assert.deepEqual(await tags(), ['ours']);
  await take({ lastSeen: '1970-01-01T00:00:03Z', machineTags: [] });
  assert.deepEqual(await tags(), []);
  await take({ lastSeen: '1970-01-01T00:00:02Z', machineTags: ['old'] });
  assert.deepEqual(await tags(), []);
  await note(ctx, [{ mdatpDeviceId: 'm1', tags: ['theirs'] }], 40_000_000n);
  assert.deepEqual(await tags(), ['theirs']);
});

test('two machines that had one name stay two', async () => {
  const ctx = await freshCtx();
  await note(
    ctx,
    [
      { mdatpDeviceId: 'm1', deviceDnsName: 'pc' },
      { mdatpDeviceId: 'm2', deviceDnsName: 'pc' },
    ],
    1n,
  );
  assert.deepEqual(
    (await wiresOf(ctx)).map(({ id }) => id),
    ['m1', 'm2'],
  );
});

test('devices without a name and an id are no machines, and what cannot be stored is left out', async () => {
  const ctx = await freshCtx();
  await note(
    ctx,
    [
      {},
      { deviceDnsName: '' },
      { mdatpDeviceId: 5 },
      { deviceDnsName: 'a\u0000b' },
      { deviceDnsName: 'ok', osPlatform: 'x\u0000', id: 'z' },
    ],
    1n,
  );
  const [machine, ...rest] = await wiresOf(ctx);
  assert.deepEqual(rest, []);
  assert.equal(machine?.osPlatform, null);
  assert.match(String(machine?.id), /^[0-9a-f]{40}$/);
});

test('beyond the limit, devices of alerts are left out and ingested machines are refused', async () => {
  const ctx = await freshCtx();
  const { tenantId } = ctx.caller;
  await note(
    ctx,
    [1, 2, 3].map((index) => ({ mdatpDeviceId: `m${index}` })),
    1n,
    2,
  );
  assert.equal((await wiresOf(ctx)).length, 2);
  await note(ctx, [{ mdatpDeviceId: 'm1', osPlatform: 'Linux' }], 2n, 2);
  assert.equal((await wiresOf(ctx))[0]?.osPlatform, 'Linux');
  const report = readMachine({ id: 'm9', lastSeen: '2026-11-20T08:00:00Z' });
  assert.ok(!isMachineProblem(report));
  const room = { machinesMax: 2, whenFull: 'refuse' } as const;
  await assert.rejects(
    services.store.change(tenantId, (trx) => noteMachines(trx, tenantId, [report], room)),
    TooLarge,
  );
});

const text = fc.oneof(fc.constantFrom('a', 'B', '', null, 5), fc.string());
const machineRecord = fc.record(
  {
    id: fc.oneof(fc.constantFrom('m1', 'M2'), fc.string()),
    lastSeen: fc.constantFrom('2026-11-20T08:00:00Z', '2026-11-20T08:00:00.0000001Z', 'x'),
    firstSeen: fc.constantFrom('2026-11-19T08:00:00Z', '2026-11-21T08:00:00Z', null),
    computerDnsName: text,
    osPlatform: text,
    machineTags: fc.oneof(fc.array(text), fc.constant(null)),
    rbacGroupId: fc.oneof(fc.integer(), fc.double(), fc.constant(null)),
    ipAddresses: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

test('whatever a machine record holds, it is read or refused with a sentence; hearing it again changes nothing', () => {
  const merge = (known: Machine | undefined, report: MachineReport): string =>
    JSON.stringify(machineWire(mergedWith(known, report)));
  fc.assert(
    fc.property(fc.oneof(machineRecord, fc.jsonValue()), machineRecord, (value, other) => {
      const report = readMachine(value);
      if (isMachineProblem(report)) {
        assert.match(report.reason, /\.$/);
        return;
      }
      const once = mergedWith(undefined, report);
      const wire = machineWire(once);
      assert.deepEqual(
        machineWire(machineOfWire(JSON.parse(JSON.stringify(wire)), false)),
        JSON.parse(JSON.stringify(wire)),
      );
      assert.equal(merge(once, report), JSON.stringify(wire));
      const another = readMachine({ ...other, id: once.id });
      if (isMachineProblem(another)) return;
      const both = mergedWith(once, another);
      assert.equal(merge(mergedWith(both, report), another), JSON.stringify(machineWire(both)));
    }),
    { numRuns: 2000 },
  );
});

test('whatever a device holds, it makes a machine that can be stored, or none', () => {
  fc.assert(
    fc.property(fc.object(), text, text, (device, id, name) => {
      const report = reportOfDevice({ ...device, mdatpDeviceId: id, deviceDnsName: name }, 5n);
      if (!report) return;
      const wire = machineWire(mergedWith(undefined, report));
      assert.ok(typeof wire.id === 'string' && wire.id !== '' && !JSON.stringify(wire).includes('\\u0000'));
    }),
  );
});
