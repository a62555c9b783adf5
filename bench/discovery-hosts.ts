// The app of a host by the longest known suffix, against a plain look-up of the same texts in a hash table.
import { openCatalog } from '../src/discovery/catalog/catalog.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { benchHosts } from './support/discovery-logs.ts';

export const bench: Bench = {
  name: 'apps of hosts by longest suffix, hosts a second',
  against: 'look-ups of the same hosts in a Map',
  atLeast: 0.2,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const hosts = await benchHosts();
  const catalog = await openCatalog();
  const map = new Map(hosts.map((host, index) => [host, index]));
  const rounds = smoke ? 1 : 7;
  const lookups = smoke ? 10_000 : 4_000_000;
  // Texts of their own, as a log has them: the engine of the language knows the hash of a text that it has looked up before.
  const texts = hosts.map((host) => Buffer.from(host));
  const fresh = () => texts.map((bytes) => bytes.toString('latin1'));
  const [plain, matched]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const plainMs = timeOf(fresh, lookups, (host) => map.get(host) !== undefined);
    const matchMs = timeOf(fresh, lookups, (host) => catalog.matchHost(host) !== null);
    // The first round warms up.
    if (round === 0) continue;
    plain.push(plainMs);
    matched.push(matchMs);
  }
  const perSecond = (ms: number) => `${(lookups / ms / 1000).toFixed(1)} million a second`;
  const detail = `${perSecond(median(matched))}, Map ${perSecond(median(plain))}`;
  log(detail);
  return { ratio: median(plain) / median(matched), detail };
}

function timeOf(fresh: () => string[], lookups: number, isFound: (host: string) => boolean): number {
  let ms = 0;
  for (let done = 0; done < lookups; ) {
    const hosts = fresh();
    const begun = performance.now();
    for (const host of hosts) if (!isFound(host)) throw new Error(`${host} was not found.`);
    ms += performance.now() - begun;
    done += hosts.length;
  }
  return ms;
}
