/**
 * Lines for a custom URL category: the dot in front stands for the domain and everything below it. What is done with the
 * category is decided at Zscaler, so that both types read the same.
 */
export function* writeZscaler(hosts: readonly string[]): Iterable<string> {
  for (const host of hosts) yield `.${host}`;
}
