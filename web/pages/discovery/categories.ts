// Categories of cloud apps in words.
import { type TextKey, useTexts } from '../../i18n/texts.ts';

type CategoryKey = Extract<TextKey<'discovery'>, `category.${string}`>;

/** By the names of the wire without their prefix; the wire misspells one. */
const names: readonly CategoryKey[] = [
  'category.ACCOUNTING_AND_FINANCE',
  'category.ADVERTISING',
  'category.BUSINESS_INTELLIGENCE',
  'category.BUSINESS_MANAGEMENT',
  'category.CLOUD_COMPUTING_PLATFORM',
  'category.CLOUD_STORAGE',
  'category.CODE_HOSTING',
  'category.COLLABORATION',
  'category.COMMUNICATIONS',
  'category.CONSUMER',
  'category.CONTENT_MANAGEMENT',
  'category.CONTENT_SHARING',
  'category.CRM',
  'category.CUSTOMER_SUPPORT',
  'category.DATA_ANALYTICS',
  'category.DEVELOPMENT_TOOLS',
  'category.ECOMMERCE',
  'category.EDUCATION',
  'category.FORUMS',
  'category.GENERATIVE_AI',
  'category.HEALTH',
  'category.HOSTING_SERVICES',
  'category.HUMAN_RESOURCE_MANAGEMENT',
  'category.INTERNET_OF_THINGS',
  'category.IT_SERVICES',
  'category.MARKETING',
  'category.MEDIA',
  'category.NEWS_AND_ENTERTAINMENT',
  'category.ONLINE_MEETINGS',
  'category.OPERATIONS_MANAGEMENT',
  'category.PERSONAL_INSTANT_MESSAGING',
  'category.PRODUCT_DESIGN',
  'category.PRODUCTIVITY',
  'category.PROJECT_MANAGEMENT',
  'category.PROPERTY_MANAGEMENT',
  'category.SALES',
  'category.SECURITY',
  'category.SOCIAL_NETWORK',
  'category.SUPLLY_CHAIN_AND_LOGISTICS',
  'category.TIME_TRACKING',
  'category.TRANSPORTATION_AND_TRAVEL',
  'category.UNCLASSIFIED',
  'category.VENDOR_MANAGEMENT_SYSTEM',
  'category.WEB_ANALYTICS',
  'category.WEBMAIL',
  'category.WEBSITE_MONITORING',
  'category.INSURANCE_AND_INVESTMENTS',
];

const prefixes = /^SAASDB_(?:CATEGORY|SUBCATEGORY)_/;

function keyOf(id: string): CategoryKey | undefined {
  const wanted = `category.${id.replace(prefixes, '')}`;
  return names.find((each) => each === wanted);
}

/** The words for a category by its name on the wire. */
export function useCategoryText(): (id: string) => string {
  const t = useTexts('discovery');
  return (id) => {
    const key = keyOf(id);
    return key ? t(key) : id;
  };
}

/** All categories for a filter, in the order of their words. */
export function useCategoryOptions(): readonly (readonly [id: string, text: string])[] {
  const t = useTexts('discovery');
  return names.map((key) => [idOf(key), t(key)] as const).toSorted(([, left], [, right]) => left.localeCompare(right));
}

function idOf(key: CategoryKey): string {
  const name = key.slice('category.'.length);
  return name === 'INSURANCE_AND_INVESTMENTS' ? `SAASDB_SUBCATEGORY_${name}` : `SAASDB_CATEGORY_${name}`;
}
