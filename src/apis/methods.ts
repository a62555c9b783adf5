import type { FastifyInstance } from 'fastify';

/**
 * Collects the routes of an app as they are mounted, so that a call with the wrong method hears which ones there are
 * (RFC 9110 section 15.5.6) instead of "not found".
 */
export class MountedRoutes {
  readonly #routes: { pattern: RegExp; methods: Set<string> }[] = [];
  readonly #byUrl = new Map<string, Set<string>>();

  constructor(app: FastifyInstance) {
    app.addHook('onRoute', (route) => {
      const methods = Array.isArray(route.method) ? route.method : [route.method];
      const known = this.#byUrl.get(route.url);
      if (known) for (const method of methods) known.add(method.toUpperCase());
      else this.#add(route.url, methods);
    });
  }

  #add(url: string, methods: readonly string[]): void {
    const set = new Set(methods.map((method) => method.toUpperCase()));
    this.#byUrl.set(url, set);
    const source = url
      .replace(/\/+$/, '')
      .split('/')
      .map((part) => (part === '*' ? '.*' : part.split(/:\w+/).map(literal).join('[^/]+')))
      .join('/');
    this.#routes.push({ pattern: new RegExp(`^${source}/?$`), methods: set });
  }

  /** The methods that the path takes; empty when there is no such path. */
  allowed(path: string): string[] {
    const methods = this.#routes.filter((route) => route.pattern.test(path)).flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
