// Requests counted and timed here and written as Prometheus reads them: the library's own way costs more per request than
// checking a token.
import type { FastifyReply, FastifyRequest } from 'fastify';

const surfaceNames = ['management', 'cloud-apps', 'defender', 'other'] as const;
type SurfaceName = (typeof surfaceNames)[number];

/** What is known of one surface's requests. */
interface Tally {
  /** By method, then by status. */
  readonly counts: Map<string, Map<number, number>>;
  /** Requests up to each bound of time but beyond the one before; the last is for those beyond all. */
  readonly durations: number[];
  seconds: number;
}

/** Upper bounds in seconds. */
const durationBounds = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

function newTally(): Tally {
  return { counts: new Map(), durations: new Array(durationBounds.length + 1).fill(0), seconds: 0 };
}

/** Every request of the whole server, by surface and status; paths and tenants stay out of the labels. */
export class RequestCounts {
  readonly #surfaces = new Map(surfaceNames.map((name) => [name, newTally()]));
  #running = 0;

  begin(): void {
    this.#running++;
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    this.#running--;
    const tally = this.#surfaces.get(surfaceOf(request.url));
    if (tally) note(tally, request.method, reply.statusCode, reply.elapsedTime / 1000);
  }

  /** In Prometheus' text format. */
  text(): string {
    return `${countLines(this.#surfaces)}${runningLines(this.#running)}${durationLines(this.#surfaces)}`;
  }
}

function note(tally: Tally, method: string, status: number, seconds: number): void {
  let statuses = tally.counts.get(method);
  if (!statuses) {
    statuses = new Map();
    tally.counts.set(method, statuses);
  }
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  let bucket = 0;
  while (bucket < durationBounds.length && seconds > (durationBounds[bucket] ?? 0)) bucket++;
  tally.durations[bucket] = (tally.durations[bucket] ?? 0) + 1;
  tally.seconds += seconds;
}

function countLines(surfaces: ReadonlyMap<SurfaceName, Tally>): string {
  const name = 'sallyport_requests_total';
  const lines = ['', `# HELP ${name} Requests answered.`, `# TYPE ${name} counter`];
  for (const [surface, { counts }] of surfaces) {
    for (const [method, statuses] of counts) {
      for (const [status, count] of statuses)
        lines.push(`${name}{surface="${surface}",method="${method}",status="${status}"} ${count}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function runningLines(running: number): string {
  const name = 'sallyport_requests_running';
  return `\n# HELP ${name} Requests under way.\n# TYPE ${name} gauge\n${name} ${running}\n`;
}

function durationLines(surfaces: ReadonlyMap<SurfaceName, Tally>): string {
  const name = 'sallyport_request_seconds';
  const lines = ['', `# HELP ${name} Time from the request to its answer.`, `# TYPE ${name} histogram`];
  for (const [surface, { durations, seconds }] of surfaces) {
    let total = 0;
    for (const [index, count] of durations.entries()) {
      total += count;
      lines.push(`${name}_bucket{le="${durationBounds[index] ?? '+Inf'}",surface="${surface}"} ${total}`);
    }
    lines.push(`${name}_sum{surface="${surface}"} ${seconds}`, `${name}_count{surface="${surface}"} ${total}`);
  }
  return `${lines.join('\n')}\n`;
}

function surfaceOf(url: string): SurfaceName {
  if (url.startsWith('/management/')) return 'management';
  if (url.startsWith('/api/v1/') || url.startsWith('/cas/')) return 'cloud-apps';
  if (url.startsWith('/api/')) return 'defender';
  return 'other';
}
