import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnAliases, formerColumns, formerTables, tableAliases } from './aliases.ts';
import { eventTableOf, huntingTableSet } from './stored.ts';
import { columnNames, huntingTables, publishedTables, storedTableName } from './tables.ts';

test('every published table is there with every one of its columns and their types', () => {
  const published = publishedTables();
  assert.equal(published.size, 65);
  assert.equal([...published.values()].flat().length, 1630);
  for (const [name, columns] of published) {
    const table = huntingTables().find((each) => each.name === name);
    assert.deepEqual(
      table?.columns.slice(0, columns.length).map(({ name: column, type }) => [column, type]),
      columns.map(({ name: column, type }) => [column, type]),
      name,
    );
  }
});

test('no table has a column twice, whatever the letter case, and each has a place for other fields', () => {
  for (const { name, columns } of huntingTables()) {
    const names = columns.map((column) => column.name.toLowerCase());
    assert.equal(new Set(names).size, names.length, name);
    assert.ok(names.includes('additionalfields'), name);
  }
});

test('every other name of a table or column means one that is stored', () => {
  const stored = new Set(huntingTableSet().tables.map((table) => table.name));
  for (const name of [...Object.values(tableAliases), ...Object.values(formerTables)])
    assert.ok(stored.has(name), name);
  for (const name of Object.keys({ ...columnAliases, ...formerColumns })) {
    assert.ok(
      huntingTables().some((table) => table.name === name),
      name,
    );
  }
  for (const table of huntingTables().filter((each) => each.stored === each.name)) {
    const columns = new Set(eventTableOf(table).columns.map((column) => column.name));
    for (const [name, to] of columnNames(table)) assert.ok(columns.has(to), `${table.name}: ${name} is ${to}`);
  }
});

test('tables are found under every name that exports give them, whatever the letter case', () => {
  assert.equal(storedTableName('AADSignInEventsBeta'), 'EntraIdSignInEvents');
  assert.equal(storedTableName('GraphAPIAuditEvents'), 'GraphApiAuditEvents');
  assert.equal(storedTableName('AccountInfo'), 'IdentityInfo');
  assert.equal(storedTableName('deviceevents'), 'DeviceEvents');
  assert.equal(storedTableName('Nothing'), undefined);
  assert.equal(storedTableName('__proto__'), undefined);
});

test('only snapshots have no time', () => {
  const timeless = huntingTables().filter((table) => table.timeColumn === null);
  assert.equal(timeless.length, 15);
  for (const { name } of timeless) assert.match(name, /^(DeviceBaseline|DeviceTvm|ExposureGraph)/);
});
