/** Destinations that are driven to their requests: how each is set up, and what it is sent. */
import type { JsonObject } from '../../../src/core/json.js';
import type { ToolAnswer } from './library-world.js';

/** One of them. */
export interface LibraryCase {
  readonly slug: string;
  readonly action: string;
  /** Its own settings, as the library knows them. */
  readonly settings?: JsonObject;
  /** It is connected by OAuth. */
  readonly oauth?: true;
  /** What the library reads from the environment. */
  readonly environment?: Record<string, string>;
  readonly events?: readonly JsonObject[];
  /** Beside the action's defaults. */
  readonly mapping?: JsonObject;
  readonly batch?: true;
  readonly answer?: ToolAnswer;
  /** How many requests it takes. */
  readonly requests: number;
}

const PERSON = {
  email: 'Jane.Doe+news@Example.com',
  phone: '+4915112345678',
  first_name: 'Jane',
  last_name: 'Doe',
  firstName: 'Jane',
  lastName: 'Doe',
  birthday: '1990-02-03',
  gender: 'female',
  name: 'Jane Doe',
  plan: 'pro',
  address: { city: 'Köln', postalCode: '50667', country: 'DE', state: 'NW', street: 'Domstr. 1' },
};
const CONTEXT = {
  ip: '93.184.216.34',
  userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/120.0 Safari/537.36',
  locale: 'de-DE',
  page: {
    url: 'https://shop.example/cart?x=1',
    path: '/cart',
    referrer: 'https://a.example/',
    title: 'Cart',
    search: '?x=1',
  },
  campaign: { source: 'mail', medium: 'email', name: 'spring' },
  library: { name: 'analytics.js', version: '2.1.0' },
  device: {
    id: 'device-1',
    type: 'ios',
    advertisingId: '7A3CBEA0-BDF5-11E4-8DFC-AA07A5B093DB',
    token: 'push-token',
  },
  app: { name: 'Shop', version: '3.2.1', namespace: 'com.shop' },
  os: { name: 'iOS', version: '17.1' },
  traits: PERSON,
  groupId: 'company-1',
};

/** An order, as a shop sends it. */
export const ORDER: JsonObject = {
  type: 'track',
  event: 'Order Completed',
  messageId: 'message-1',
  userId: 'user-1',
  anonymousId: 'anonymous-1',
  timestamp: '2026-03-01T11:58:00.000Z',
  receivedAt: '2026-03-01T11:58:01.000Z',
  properties: {
    order_id: 'order-1',
    checkout_id: 'checkout-1',
    total: 59.9,
    revenue: 50,
    value: 59.9,
    currency: 'EUR',
    coupon: 'SPRING',
    email: PERSON.email,
    phone: PERSON.phone,
    query: 'shoes',
    gclid: 'gclid-1',
    quantity: 3,
    products: [
      {
        product_id: 'p1',
        sku: 's1',
        name: 'Shoe',
        price: 20,
        quantity: 2,
        category: 'Shoes',
        brand: 'B',
        variant: 'red',
      },
      { product_id: 'p2', sku: 's2', name: 'Sock "x" ü', price: 19.9, quantity: 1, category: 'Socks' },
    ],
  },
  context: CONTEXT,
  integrations: {},
};

/** What somebody tells of themselves. */
export const IDENTIFY: JsonObject = {
  type: 'identify',
  messageId: 'message-2',
  userId: 'user-1',
  anonymousId: 'anonymous-1',
  timestamp: '2026-03-01T11:59:00.000Z',
  receivedAt: '2026-03-01T11:59:01.000Z',
  traits: PERSON,
  context: CONTEXT,
  integrations: {},
};

/** Somebody enters a segment, or leaves it. */
export function membership(entered: boolean, person: JsonObject = PERSON, userId = 'user-1'): JsonObject {
  return {
    type: 'track',
    event: entered ? 'Audience Entered' : 'Audience Exited',
    messageId: `message-${userId}`,
    userId,
    anonymousId: `anonymous-of-${userId}`,
    timestamp: '2026-03-01T12:00:00.000Z',
    receivedAt: '2026-03-01T12:00:00.000Z',
    properties: { audience_key: 'good_customers', good_customers: entered },
    context: {
      ...CONTEXT,
      traits: person,
      personas: {
        computation_class: 'audience',
        computation_key: 'good_customers',
        computation_id: 'seg_1',
        external_audience_id: '1234567890',
        audience_settings: {
          advertiserId: 'advertiser-1',
          listName: 'good customers',
          external_id_type: 'CONTACT_INFO',
        },
        namespace: 'tributary',
      },
    },
    integrations: {},
  };
}

const OTHER = {
  ...PERSON,
  email: 'john@example.com',
  phone: '+491701234567',
  first_name: 'John',
  firstName: 'John',
};
/** A batch of two who enter. */
const ENTERED = [membership(true), membership(true, OTHER, 'user-2')];

/** All of them. */
export const LIBRARY_CASES: readonly LibraryCase[] = [
  {
    slug: 'facebook-conversions-api',
    action: 'purchase2',
    settings: { pixelId: '123456' },
    environment: { ACTIONS_FB_CAPI_SYSTEM_USER_TOKEN: 'system-user-token' },
    mapping: { action_source: 'website', __segment_internal_sync_mode: 'add' },
    requests: 1,
  },
  {
    slug: 'facebook-custom-audiences',
    action: 'sync',
    oauth: true,
    settings: { retlAdAccountId: 'act_1' },
    events: ENTERED,
    mapping: { __segment_internal_sync_mode: 'upsert' },
    batch: true,
    requests: 1,
  },
  {
    slug: 'google-enhanced-conversions',
    action: 'uploadClickConversion2',
    oauth: true,
    settings: { customerId: '1234567890' },
    environment: { ADWORDS_DEVELOPER_TOKEN: 'developer-token' },
    mapping: {
      conversion_action: 123,
      gclid: { '@path': '$.properties.gclid' },
      __segment_internal_sync_mode: 'add',
    },
    requests: 1,
  },
  {
    slug: 'google-enhanced-conversions',
    action: 'userList',
    oauth: true,
    settings: { customerId: '1234567890' },
    environment: {
      ADWORDS_DEVELOPER_TOKEN: 'developer-token',
      GOOGLE_ENHANCED_CONVERSIONS_CLIENT_ID: 'client-id',
      GOOGLE_ENHANCED_CONVERSIONS_CLIENT_SECRET: 'client-secret',
    },
    events: ENTERED,
    mapping: {
      ad_user_data_consent_state: 'GRANTED',
      ad_personalization_consent_state: 'GRANTED',
      enable_batching: true,
      external_audience_id: '1234567890',
      __segment_internal_sync_mode: 'add',
    },
    batch: true,
    answer: ({ url }) =>
      url.includes('offlineUserDataJobs:create')
        ? { body: { resourceName: 'customers/1234567890/offlineUserDataJobs/9' } }
        : undefined,
    requests: 3,
  },
  {
    slug: 'tiktok-conversions',
    action: 'reportWebEvent',
    settings: { accessToken: 'tiktok-token', pixelCode: 'pixel-1' },
    mapping: { event: 'CompletePayment' },
    requests: 1,
  },
  {
    slug: 'tiktok-audiences',
    action: 'addToAudience',
    oauth: true,
    settings: { advertiser_ids: '["advertiser-1"]' },
    events: ENTERED,
    batch: true,
    requests: 1,
  },
  {
    slug: 'braze',
    action: 'trackEvent2',
    settings: { api_key: 'braze-key', app_id: 'app-1', endpoint: 'https://rest.iad-01.braze.com' },
    events: [ORDER, { ...ORDER, userId: 'user-2', messageId: 'message-3' }],
    mapping: { __segment_internal_sync_mode: 'add' },
    batch: true,
    requests: 1,
  },
  {
    slug: 'braze',
    action: 'updateUserProfile',
    settings: { api_key: 'braze-key', endpoint: 'https://rest.fra-01.braze.eu' },
    events: [IDENTIFY],
    mapping: { enable_batching: false },
    requests: 1,
  },
  {
    slug: 'klaviyo',
    action: 'trackEvent',
    settings: { api_key: 'klaviyo-key' },
    mapping: { profile: { email: { '@path': '$.context.traits.email' } }, enable_batching: false },
    requests: 1,
  },
  {
    slug: 'klaviyo',
    action: 'upsertProfile',
    settings: { api_key: 'klaviyo-key' },
    events: [IDENTIFY],
    answer: () => ({ body: { data: { id: 'profile-1' } } }),
    requests: 1,
  },
  {
    slug: 'hubspot',
    action: 'upsertContact',
    oauth: true,
    settings: {},
    events: [IDENTIFY],
    mapping: { enable_batching: false },
    answer: ({ method }) => (method === 'PATCH' ? { status: 404 } : { body: { id: '1' } }),
    requests: 2,
  },
  {
    slug: 'mixpanel',
    action: 'trackEvent',
    settings: { projectToken: 'token', apiSecret: 'secret', apiRegion: 'EU 🇪🇺' },
    events: [ORDER, { ...ORDER, messageId: 'message-3' }],
    mapping: { enable_batching: true },
    batch: true,
    requests: 1,
  },
  {
    slug: 'amplitude',
    action: 'logEventV2',
    settings: { apiKey: 'key', secretKey: 'secret', endpoint: 'europe' },
    requests: 1,
  },
  {
    slug: 'customerio',
    action: 'createUpdatePerson',
    settings: { siteId: 'site', apiKey: 'key', accountRegion: 'EU 🇪🇺' },
    events: [IDENTIFY],
    mapping: { enable_batching: false },
    requests: 1,
  },
  {
    slug: 'slack',
    action: 'postToChannel',
    mapping: {
      url: 'https://hooks.slack.com/services/T/B/secret',
      text: { '@template': 'Order {{properties.order_id}} by {{userId}}' },
    },
    requests: 1,
  },
  {
    slug: 'webhook',
    action: 'send',
    settings: { sharedSecret: 'shhh' },
    mapping: { url: 'https://hooks.example.com/in?x=1', method: 'PUT', headers: { 'X-One': 'two' } },
    requests: 1,
  },
  {
    slug: 'sendgrid',
    action: 'sendEmail',
    settings: { sendGridApiKey: 'SG.key' },
    mapping: {
      from: { email: 'shop@example.com' },
      to: { email: 'jane@example.com' },
      template_id: 'd-0123456789abcdef',
    },
    requests: 1,
  },
  {
    slug: 'sendgrid',
    action: 'updateUserProfile',
    settings: { sendGridApiKey: 'SG.key' },
    events: [IDENTIFY],
    mapping: { enable_batching: false },
    requests: 2,
  },
  {
    slug: 'twilio',
    action: 'sendSMS',
    settings: { accountId: 'AC1', token: 'token', phoneNumber: '+15005550006' },
    mapping: { To: { '@path': '$.properties.phone' }, Body: 'Thank you' },
    requests: 1,
  },
  {
    slug: 'iterable',
    action: 'trackPurchase',
    settings: { apiKey: 'key', dataCenterLocation: 'europe' },
    requests: 1,
  },
  {
    slug: 'intercom',
    action: 'trackEvent',
    oauth: true,
    mapping: { email: { '@path': '$.properties.email' } },
    requests: 1,
  },
  {
    slug: 'pipedrive',
    action: 'createUpdatePerson',
    settings: { domain: 'shop', apiToken: 'token' },
    events: [IDENTIFY],
    answer: ({ method }) => (method === 'GET' ? { body: { data: { items: [] } } } : undefined),
    requests: 2,
  },
  {
    slug: 'snap-conversions-api',
    action: 'reportConversionEvent',
    oauth: true,
    settings: { pixel_id: 'pixel' },
    mapping: { event_name: 'PURCHASE', action_source: 'website' },
    requests: 1,
  },
  {
    slug: 'pinterest-conversions',
    action: 'reportConversionEvent',
    settings: { ad_account_id: '1', conversion_token: 'token' },
    mapping: { event_name: 'checkout', action_source: 'web' },
    requests: 1,
  },
  {
    slug: 'linkedin-conversions',
    action: 'streamConversion',
    oauth: true,
    mapping: {
      email: { '@path': '$.properties.email' },
      conversionId: 'conversion-1',
      onMappingSave: {
        outputs: {
          id: '77',
          name: 'n',
          conversionType: 'PURCHASE',
          attribution_type: 'LAST_TOUCH_BY_CAMPAIGN',
        },
      },
      enable_batching: false,
    },
    requests: 1,
  },
  {
    slug: 'google-analytics-4',
    action: 'purchase',
    settings: { measurementId: 'G-1', apiSecret: 'secret' },
    mapping: { data_stream_type: 'Web', clientId: { '@path': '$.anonymousId' } },
    requests: 1,
  },
  {
    slug: 'salesforce',
    action: 'lead2',
    oauth: true,
    settings: { instanceUrl: 'https://shop.my.salesforce.com/' },
    environment: { SALESFORCE_CLIENT_ID: 'client', SALESFORCE_CLIENT_SECRET: 'secret' },
    events: [IDENTIFY],
    mapping: { __segment_internal_sync_mode: 'add', enable_batching: false },
    requests: 1,
  },
  {
    slug: 'google-sheets',
    action: 'postSheet2',
    oauth: true,
    events: [{ ...ORDER, event: 'new', __segment_id: 'row-1' }],
    mapping: {
      record_identifier: 'row-1',
      spreadsheet_id: 'sheet-1',
      spreadsheet_name: 'Sheet1',
      fields: { order: { '@path': '$.properties.order_id' }, total: { '@path': '$.properties.total' } },
      __segment_internal_sync_mode: 'upsert',
      enable_batching: true,
    },
    batch: true,
    answer: ({ url }) =>
      url.includes('/values/') && !url.includes('append')
        ? { body: { values: [['id', 'order', 'total']] } }
        : undefined,
    requests: 3,
  },
];
