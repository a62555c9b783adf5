// What authenticating an API token costs: the about call, which reads no store once the token is known, against bare Fastify.
import { compareWithBare } from './support/against-bare.ts';
import type { Bench } from './support/bench.ts';

export const bench: Bench = {
  name: 'GET /management/v1/about with an API token in the cache, requests per second',
  against: 'a bare Fastify route that sends the same bytes',
  atLeast: 0.7,
  run: (options) => compareWithBare({ kind: 'api-token', path: '/management/v1/about' }, options),
};
