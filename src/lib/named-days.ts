/** Entries such as `contoso=1095`: a number of days for each name. What is written otherwise is in `wrong`. */
export function readNamedDays(entries: readonly string[]): {
  readonly days: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
} {
  const days = new Map<string, number>();
  const wrong: string[] = [];
  for (const entry of entries) {
    const [, name, number] = /^\s*([a-z0-9-]+)\s*=\s*(\d{1,5})\s*$/.exec(entry) ?? [];
    const isValid = name !== undefined && Number(number) >= 1 && Number(number) <= 36_500 && !days.has(name);
    if (isValid) days.set(name, Number(number));
    else wrong.push(entry);
  }
  return { days, wrong };
}
