// GET /management/v1/filter-fields and /activities/{id}/policies: what builders of filters are told is what the grammar
// takes, and has words in the portal.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { FilterableField, UnanswerableField } from '../src/activities/filters.ts';
import { activityFields } from '../src/activities/filters.ts';
import { alertFields } from '../src/apis/cloud-apps/alert-filters.ts';
import { InvalidFilters } from '../src/apis/cloud-apps/errors.ts';
import { parseFilters } from '../src/apis/cloud-apps/filter-grammar.ts';
import { type FilteredRecords, filteredRecords } from '../src/apis/management/filter-fields-schemas.ts';
import { appFactFields } from '../src/discovery/reports/app-fields.ts';
import { entityFields } from '../src/entities/filters.ts';
import { fileFields } from '../src/files/filters.ts';
import { isOneOf } from '../src/policies/conditions.ts';
import { makeTenant } from './support/accounts.ts';
import { policyBedOf } from './support/policies.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

interface Field {
  readonly name: string;
  readonly otherNames: readonly string[];
  readonly values: string;
  readonly oneOf: readonly (string | number)[];
  readonly operators: readonly { readonly name: string; readonly takes: string }[];
}

let server: TestServer;
let session: string;
before(async () => {
  server = await startTestServer();
  ({ session } = await makePerson(server, await makeTenant(server.services), 'security-reader'));
});
after(() => server.dispose());

async function fieldsOf(records: string): Promise<readonly Field[]> {
  const answer = await server.request(`/management/v1/filter-fields/${records}`, { session });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<{ fields: readonly Field[] }>().fields;
}

const tables: Readonly<Record<FilteredRecords, readonly (FilterableField | UnanswerableField)[]>> = {
  activities: activityFields,
  'activity-policies': activityFields,
  alerts: alertFields,
  'app-policies': appFactFields,
  entities: entityFields,
  files: fileFields,
};

/** A value that the grammar has to take, by what the server says of the field. */
function sampleOf({ values, oneOf }: Field): unknown {
  if (oneOf.length > 0) return oneOf[0];
  if (['integer', 'number', 'time'].includes(values)) return 7;
  if (values === 'flag') return true;
  return values === 'address' ? '192.0.2.1' : 'some';
}

const operands: Readonly<Record<string, (field: Field) => unknown>> = {
  values: (field) => [sampleOf(field), ...(field.values === 'choice' ? [null] : [])],
  texts: () => ['some'],
  value: sampleOf,
  ranges: () => [{ start: 1, end: 2 }, { start: 3 }],
  days: () => 7,
  flag: () => true,
};

for (const records of filteredRecords) {
  test(`every field and operator told of ${records} is one that the grammar takes`, async () => {
    const fields = await fieldsOf(records);
    assert.ok(fields.length > 5);
    for (const field of fields) {
      for (const { name, takes } of field.operators) {
        const filters = { [field.name]: { [name]: operands[takes]?.(field) } };
        const [condition] = parseFilters(filters, tables[records], 100);
        assert.equal(condition?.test.operator, name, JSON.stringify(filters));
      }
      for (const name of field.otherNames) {
        const [operator] = field.operators;
        assert.ok(operator);
        parseFilters({ [name]: { [operator.name]: operands[operator.takes]?.(field) } }, tables[records], 100);
      }
    }
  });

  test(`everything told of ${records} has words in the portal`, async () => {
    const texts = JSON.parse(readFileSync('web/locales/en/portal-filters.json', 'utf8'));
    const keyOf = (name: string) => name.replaceAll('.', '-');
    for (const { name, oneOf, operators } of await fieldsOf(records)) {
      assert.equal(typeof texts.fields[keyOf(name)], 'string', `fields.${keyOf(name)}`);
      for (const each of operators) assert.equal(typeof texts.operators[each.name], 'string', `operators.${each.name}`);
      // The numbers of types of accounts stand beside their words.
      for (const value of oneOf.filter((each) => !['1', '2'].includes(String(each)) || name !== 'type')) {
        assert.equal(typeof texts.values[keyOf(name)]?.[value], 'string', `values.${keyOf(name)}.${value}`);
      }
    }
  });
}

test('words to look for in names are bounded, as told, whatever operators and fields they are spread over', async () => {
  for (const records of filteredRecords) {
    const answer = await server.request(`/management/v1/filter-fields/${records}`, { session });
    const { wordsMax } = answer.json<{ wordsMax: number | null }>();
    const names = { entities: 'username', files: 'filename', 'app-policies': 'name' } as const;
    assert.equal(wordsMax, records in names ? 50 : null, records);
    if (wordsMax === null) continue;
    const field = names[records as keyof typeof names]; // Looked for above.
    const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`);
    const read = (filters: object) => parseFilters(filters, tables[records], 1000);
    read({ [field]: { contains: words(20), startswith: words(29), text: ['one'] } });
    read({ [field]: { eq: words(900) } });
    for (const filters of [
      { [field]: { contains: words(51) } },
      { [field]: { text: [words(51).join(' ')] } },
      { [field]: { ncontains: words(30), endswith: words(21) } },
      ...(records === 'app-policies' ? [{ name: { contains: words(30) }, domain: { contains: words(21) } }] : []),
    ]) {
      assert.throws(
        () => read(filters),
        (error) => error instanceof InvalidFilters && /at most 50 words/.test(error.problems[0]?.reason ?? ''),
        JSON.stringify(filters),
      );
    }
  }
});

test('policies of activities are told no field that policies make', async () => {
  const names = (await fieldsOf('activity-policies')).map(({ name }) => name);
  assert.ok(!names.includes('policy') && !names.includes('activity.alertId') && names.includes('service'));
});

test('fields are told to whoever is signed in, and of nothing else', async () => {
  const nobody = await server.request('/management/v1/filter-fields/activities');
  assert.equal(nobody.status, 401);
  const strange = await server.request('/management/v1/filter-fields/passwords', { session });
  assert.equal(strange.status, 400);
  const person = await makePerson(server, await makeTenant(server.services), 'security-reader');
  const { value: token } = await makeToken(server, person);
  assert.ok((await server.request('/management/v1/filter-fields/activities', { token })).status >= 401);
});

test('an activity tells the policies that matched it, to those who may read policies of its tenant', async () => {
  const bed = await policyBedOf(server.services);
  const policy = await bed.policy([isOneOf('service', 15600)]);
  const [id = ''] = await bed.store([{ second: 60 }]);
  await bed.follow();
  const path = `/management/v1/activities/${id}/policies`;
  const reader = await makePerson(server, bed.tenant, 'security-reader');
  const answer = await server.request(path, { session: reader.session });
  assert.equal(answer.status, 200, answer.text);
  const { items } = answer.json<{ items: Record<string, unknown>[] }>();
  assert.deepEqual(
    items.map(({ policyId, name, type }) => [policyId, name, type]),
    [[policy.id, policy.name, 'AUDIT']],
  );
  const [raised] = await bed.alerts(policy);
  assert.equal(items[0]?.alertId, raised?.id);
  const foreign = await server.request(path, { session });
  assert.deepEqual(foreign.json(), { items: [] });
  const helper = await makePerson(server, bed.tenant, 'application-administrator');
  assert.equal((await server.request(path, { session: helper.session })).status, 403);
  assert.equal((await server.request(path)).status, 401);
});
