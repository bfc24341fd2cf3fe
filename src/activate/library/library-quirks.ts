/** What one must know of single destinations of the library, found by reading them. */

/** See the fields. */
export interface LibraryQuirks {
  /** Variables of the environment that it reads while it works: with Segment they hold Segment's accounts. Here each is a setting. */
  readonly environment?: readonly string[];
  /** Switches of the library. */
  readonly features?: readonly string[];
  /** It speaks to the tool past HTTP, or by a client of its own; in a dry run it is not called. */
  readonly speaks?: string;
  /** It looks at the event beside what was mapped. */
  readonly needsGiven?: true;
  /** It keeps a note for the next event about the same person. */
  readonly transactions?: true;
  /** It throws where nobody catches it when its signal ends: it gets one that never does, and ends by its own time limits. */
  readonly ignoresSignal?: true;
  /** It asks the mapping which keys an object field may have. */
  readonly columns?: string;
}

const AWS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** By the destination's folder. */
const QUIRKS: Readonly<Record<string, LibraryQuirks>> = {
  absmartly: { needsGiven: true },
  'amazon-amc': { environment: ['ACTIONS_AMAZON_AMC_CLIENT_ID', 'ACTIONS_AMAZON_AMC_CLIENT_SECRET'] },
  'amazon-conversions-api': {
    environment: ['ACTIONS_AMAZON_CONVERSIONS_API_CLIENT_ID', 'ACTIONS_AMAZON_CONVERSIONS_API_CLIENT_SECRET'],
  },
  'amazon-eventbridge': { environment: AWS, speaks: 'Amazon EventBridge' },
  apolloio: {
    environment: [
      'ACTIONS_APOLLOIO_HEADER_SECRET',
      'ACTIONS_APOLLOIO_BASE_URL_SECRET',
      'ACTIONS_APOLLOIO_AUTH_URL_SECRET',
    ],
  },
  'aws-kinesis': {
    environment: [...AWS, 'AMAZON_KINESIS_ACTIONS_ROLE_ADDRESS', 'AMAZON_KINESIS_ACTIONS_EXTERNAL_ID'],
    speaks: 'Amazon Kinesis',
  },
  'aws-s3': {
    environment: [...AWS, 'AMAZON_S3_ACTIONS_ROLE_ADDRESS', 'AMAZON_S3_ACTIONS_EXTERNAL_ID'],
    speaks: 'Amazon S3',
  },
  'blend-ai': { needsGiven: true },
  'braze-cohorts': { environment: ['BRAZE_COHORTS_PARTNER_API_KEY_US', 'BRAZE_COHORTS_PARTNER_API_KEY_EU'] },
  'display-video-360': {
    environment: [
      'ACTIONS_DISPLAY_VIDEO_360_REFRESH_TOKEN',
      'ACTIONS_DISPLAY_VIDEO_360_CLIENT_ID',
      'ACTIONS_DISPLAY_VIDEO_360_CLIENT_SECRET',
    ],
  },
  'dotdigital-audiences': { environment: ['DOTDIGITAL_AUDIENCES_PARTNER_SECRET'] },
  'dynamic-yield-audiences': {
    environment: [
      'ACTIONS_DYNAMIC_YIELD_AUDIENCES_US_CLIENT_SECRET',
      'ACTIONS_DYNAMIC_YIELD_AUDIENCES_EU_CLIENT_SECRET',
    ],
  },
  'facebook-conversions-api': { environment: ['ACTIONS_FB_CAPI_SYSTEM_USER_TOKEN'] },
  'first-party-dv360': {
    environment: ['ACTIONS_FIRST_PARTY_DV360_CLIENT_ID', 'ACTIONS_FIRST_PARTY_DV360_CLIENT_SECRET'],
  },
  'google-enhanced-conversions': {
    environment: [
      'ADWORDS_DEVELOPER_TOKEN',
      'GOOGLE_ENHANCED_CONVERSIONS_CLIENT_ID',
      'GOOGLE_ENHANCED_CONVERSIONS_CLIENT_SECRET',
    ],
  },
  hubspot: { needsGiven: true, transactions: true },
  kafka: { speaks: 'Kafka' },
  'linkedin-conversions': {
    environment: ['ACTIONS_LINKEDIN_CONVERSIONS_CLIENT_ID', 'ACTIONS_LINKEDIN_CONVERSIONS_CLIENT_SECRET'],
  },
  // Without the switch files would be left in a bucket of Segment's, from where a service of Segment's carries them on.
  'liveramp-audiences': {
    features: ['actions-liveramp-audiences-legacy-flow'],
    speaks: 'SFTP or Amazon S3',
    needsGiven: true,
  },
  memora: { needsGiven: true },
  'ms-bing-ads-audiences': { environment: ['ACTIONS_MS_BING_ADS_AUDIENCES_DEVELOPER_TOKEN'] },
  'optimizely-advanced-audience-targeting': { needsGiven: true },
  responsys: { columns: 'userData' },
  s3: {
    environment: [...AWS, 'AMAZON_S3_ACTIONS_ROLE_ADDRESS', 'AMAZON_S3_ACTIONS_EXTERNAL_ID'],
    speaks: 'Amazon S3',
    columns: 'columns',
  },
  salesforce: { environment: ['SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'] },
  sftp: { speaks: 'SFTP', columns: 'columns', ignoresSignal: true },
  'the-trade-desk-crm': { features: ['actions-the-trade-desk-crm-legacy-flow'], needsGiven: true },
  'yahoo-audiences': {
    environment: [
      'ACTIONS_YAHOO_AUDIENCES_TAXONOMY_CLIENT_ID',
      'ACTIONS_YAHOO_AUDIENCES_TAXONOMY_CLIENT_SECRET',
    ],
  },
};

/** What there is to know of a destination; mostly nothing. */
export function quirksOf(slug: string): LibraryQuirks {
  return Object.hasOwn(QUIRKS, slug) ? (QUIRKS[slug] ?? {}) : {};
}

/** The destinations that there is something to know of. */
export const QUIRKY: readonly string[] = Object.keys(QUIRKS);
