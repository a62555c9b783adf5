// What checking an app's access token costs: a role definition of the graph surface, which comes from a table in the
// program, so that no store is read once the token is known, against bare Fastify.
import { builtInRoles } from '../src/directory/role-table.ts';
import { compareWithBare } from './support/against-bare.ts';
import type { Bench } from './support/bench.ts';

const role = builtInRoles.find(({ key }) => key === 'security-reader');
const path = `/v1.0/roleManagement/directory/roleDefinitions/${role?.id}`;

export const bench: Bench = {
  name: 'GET /v1.0/roleManagement/directory/roleDefinitions/{id} with a verified JWT in the cache, requests per second',
  against: 'a bare Fastify route that sends the same bytes',
  atLeast: 0.5,
  run: (options) => compareWithBare({ kind: 'graph-bearer', path }, options),
};
