// Well-known operators by AS number, and the built-in IP tags that the documented service gives their addresses
// (cloud-apps reference 2.6). Their addresses are category 5, cloud provider.

export const ipTags = {
  anonymousProxy: '000000030000000000000000',
  satellite: '000000040000000000000000',
  zscaler: '000000160000000000000000',
  microsoftCloud: '0000001e0000000000000000',
  ciscoWebSecurity: '000000270000000000000000',
  googleCloud: '000000280000000000000000',
  amazonWebServices: '000000290000000000000000',
  azure: '0000002a0000000000000000',
  mcAfeeWebGateway: '0000002c0000000000000000',
  akamai: '0000002d0000000000000000',
  masergy: '0000002e0000000000000000',
  ascenty: '0000002f0000000000000000',
  internalAddress: '000000310000000000000000',
  symantec: '000000330000000000000000',
  salesforce: '000000390000000000000000',
} as const;

interface Operator {
  readonly tags: readonly string[];
  readonly systems: readonly number[];
}

const operators: readonly Operator[] = [
  { tags: [ipTags.amazonWebServices], systems: [14618, 16509, 8987, 7224] },
  { tags: [ipTags.azure, ipTags.microsoftCloud], systems: [8075] },
  { tags: [ipTags.microsoftCloud], systems: [8068, 8069, 12076, 3598, 6584] },
  { tags: [ipTags.googleCloud], systems: [15169, 396982, 19527, 36040] },
  { tags: [ipTags.akamai], systems: [20940, 16625, 12222, 21342, 32787, 63949] },
  { tags: [ipTags.zscaler], systems: [22616, 53813, 62044, 53444] },
  { tags: [ipTags.ciscoWebSecurity], systems: [36692, 30238] },
  { tags: [ipTags.salesforce], systems: [14340] },
  { tags: [ipTags.symantec], systems: [26134] },
  { tags: [ipTags.masergy], systems: [19855] },
  { tags: [ipTags.ascenty], systems: [52925] },
  // Operators that the service has no tag for.
  { tags: [], systems: [13335, 14061, 16276, 24940, 31898, 45102, 132203, 20473, 12876, 60781] },
];

const bySystem: ReadonlyMap<number, readonly string[]> = new Map(
  operators.flatMap(({ tags, systems }) => systems.map((system): [number, readonly string[]] => [system, tags])),
);

/** The tags of a cloud operator's network; undefined when the AS is none. */
export function cloudOperatorTags(asNumber: number): readonly string[] | undefined {
  return bySystem.get(asNumber);
}
