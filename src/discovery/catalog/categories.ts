// Categories of cloud apps by their names on the wire (cloud-apps reference 3.7), one of which is misspelt there.

const prefix = 'SAASDB_CATEGORY_';

/** English names, by the name on the wire without its prefix. */
const names = {
  ACCOUNTING_AND_FINANCE: 'Accounting and finance',
  ADVERTISING: 'Advertising',
  BUSINESS_INTELLIGENCE: 'Business intelligence',
  BUSINESS_MANAGEMENT: 'Business management',
  CLOUD_COMPUTING_PLATFORM: 'Cloud computing platform',
  CLOUD_STORAGE: 'Cloud storage',
  CODE_HOSTING: 'Code hosting',
  COLLABORATION: 'Collaboration',
  COMMUNICATIONS: 'Communications',
  CONSUMER: 'Consumer',
  CONTENT_MANAGEMENT: 'Content management',
  CONTENT_SHARING: 'Content sharing',
  CRM: 'CRM',
  CUSTOMER_SUPPORT: 'Customer support',
  DATA_ANALYTICS: 'Data analytics',
  DEVELOPMENT_TOOLS: 'Development tools',
  ECOMMERCE: 'E-commerce',
  EDUCATION: 'Education',
  FORUMS: 'Forums',
  /** Not among the published names of that time; named in their manner, because nothing there fits. */
  GENERATIVE_AI: 'Generative AI',
  HEALTH: 'Health',
  HOSTING_SERVICES: 'Hosting services',
  HUMAN_RESOURCE_MANAGEMENT: 'Human resource management',
  INTERNET_OF_THINGS: 'Internet of things',
  IT_SERVICES: 'IT services',
  MARKETING: 'Marketing',
  MEDIA: 'Media',
  NEWS_AND_ENTERTAINMENT: 'News and entertainment',
  ONLINE_MEETINGS: 'Online meetings',
  OPERATIONS_MANAGEMENT: 'Operations management',
  PERSONAL_INSTANT_MESSAGING: 'Personal instant messaging',
  PRODUCT_DESIGN: 'Product design',
  PRODUCTIVITY: 'Productivity',
  PROJECT_MANAGEMENT: 'Project management',
  PROPERTY_MANAGEMENT: 'Property management',
  SALES: 'Sales',
  SECURITY: 'Security',
  SOCIAL_NETWORK: 'Social network',
  SUPLLY_CHAIN_AND_LOGISTICS: 'Supply chain and logistics',
  TIME_TRACKING: 'Time tracking',
  TRANSPORTATION_AND_TRAVEL: 'Transportation and travel',
  UNCLASSIFIED: 'Unclassified',
  VENDOR_MANAGEMENT_SYSTEM: 'Vendor management system',
  WEB_ANALYTICS: 'Web analytics',
  WEBMAIL: 'Webmail',
  WEBSITE_MONITORING: 'Website monitoring',
} as const;

export type CategoryId = `SAASDB_CATEGORY_${keyof typeof names}` | 'SAASDB_SUBCATEGORY_INSURANCE_AND_INVESTMENTS';

/** Apps that no catalogue knows, grouped by their registrable domain. */
export const unclassified: CategoryId = 'SAASDB_CATEGORY_UNCLASSIFIED';

const byId: ReadonlyMap<string, string> = new Map([
  ...Object.entries(names).map(([name, title]): [string, string] => [prefix + name, title]),
  ['SAASDB_SUBCATEGORY_INSURANCE_AND_INVESTMENTS', 'Insurance and investments'],
]);

/** All categories that an app can have. The wire's SAASDB_CATEGORY_ALL is no category but stands for all of them in filters. */
// The keys of the map are made of the names that the type lists.
export const categoryIds: readonly CategoryId[] = [...byId.keys()] as CategoryId[];

export const everyCategory = 'SAASDB_CATEGORY_ALL';

export function isCategoryId(text: string): text is CategoryId {
  return byId.has(text);
}

export function categoryTitle(id: CategoryId): string {
  return byId.get(id) ?? id;
}

/**
 * The category that a text names: its name on the wire, with or without prefix, its English name, or that name as it would be
 * spelled right; any case. Undefined when it names none.
 */
export function findCategory(text: string): CategoryId | undefined {
  const folded = text
    .trim()
    .toUpperCase()
    .replaceAll(/[\s-]+/g, '_')
    .replace(/^SAASDB_(SUB)?CATEGORY_/, '')
    .replace('SUPPLY_', 'SUPLLY_')
    .replace('E_COMMERCE', 'ECOMMERCE');
  return categoryIds.find((id) => id.endsWith(`CATEGORY_${folded}`));
}
