/** Actions that make no request of the sample events, and why: what they want is more than a preset and a guess can give. */

interface Group {
  readonly why: string;
  /** The code of the failure, or `skipped`. */
  readonly code: string;
  readonly actions: string;
}

const GROUPS: readonly Group[] = [
  {
    why: 'their checks want fields, or forms of values, that depend on others and have no default',
    code: 'payload_invalid',
    actions: `absmartly/trackExposure airship/registerAndAssociate attentive/ecommEvent braze/identifyUser2 braze/upsertCatalogItem
      braze/triggerCampaign braze/triggerCanvas braze/ecommerce braze/ecommerceSingleProduct chartmogul/sendContact
      google-campaign-manager-360/conversionUpload google-campaign-manager-360/conversionAdjustmentUpload gwen/sendEvent gwen/identifyUser
      hubspot/sendCustomBehavioralEvent linkedin-conversions/streamConversion moloco-rmp/addToWishlist recombee/addCartAddition
      recombee/setViewPortionFromWatchTime salesforce/customObject salesforce/customObject2 segment/sendIdentify segment/sendGroup
      segment/sendScreen segment/sendPage segment/sendTrack segment-profiles/sendGroup segment-profiles/sendIdentify
      segment-profiles/sendSubscription segment-profiles/sendTrack sendgrid/sendEmail taguchi/syncEvent topsort/pageviews
      twilio-messaging/sendMessage voiceops/sendCallCompleted youappi-audiences/sync zapier/send`,
  },
  {
    why: 'they want settings of the audience, or what the mapping says of it, to agree',
    code: 'payload_invalid',
    actions: 'amplitude-cohorts/syncAudience braze-cohorts/syncAudiences dotdigital-audiences/syncAudience',
  },
  {
    why: 'they take 1,500 people at least',
    code: 'payload_invalid',
    actions: 'the-trade-desk-crm/syncAudience',
  },
  {
    why: 'they look for themselves at what was mapped, and miss something',
    code: 'connector_refused',
    actions: `acoustic-s3tc/receiveEvents dynamic-yield-audiences/syncAudience engage-messaging-sendgrid/previewApiLookup
      hubspot/upsertCompany salesforce-marketing-cloud/dataExtension salesforce-marketing-cloud/contactDataExtension
      salesforce-marketing-cloud/dataExtensionV2 salesforce-marketing-cloud/contactDataExtensionV2
      salesforce-marketing-cloud/asyncDataExtension slack/postToChannel taboola-actions/syncAudience memora/upsertProfile
      memora-internal/upsertProfile`,
  },
  {
    why: 'its e-mail address is an option without the form of one',
    code: 'connector_failed',
    actions: 'dotdigital/sendTransactionalEmail',
  },
  {
    why: 'the API key must have a form',
    code: 'authentication_failed',
    actions: 'ortto/upsertContactProfile ortto/trackActivity ortto-audiences/syncAudience',
  },
  {
    why: 'the region must be one that its settings do not list',
    code: 'settings_invalid',
    actions: 'pendo-audiences/syncAudience',
  },
  {
    why: 'they are switched off unless the payload says "send"',
    code: 'skipped',
    actions:
      'engage-messaging-sendgrid/sendEmail engage-messaging-twilio/sendSms engage-messaging-twilio/sendWhatsApp engage-messaging-twilio/sendMobilePush',
  },
  {
    why: 'the library has not written them yet: they do nothing',
    code: 'skipped',
    actions:
      'google-data-manager/ingest google-data-manager/remove noop/noop twilio-messaging-omnichannel/sendMessage',
  },
  {
    why: 'Koala leaves what analytics.js sent to its own script; Mixpanel finds no property to count',
    code: 'skipped',
    actions: 'koala/track mixpanel/incrementProperties',
  },
];

/** The code that a dry run of an action ends with, by `slug/action`. */
export const WITHOUT_REQUEST: Readonly<Record<string, string>> = Object.fromEntries(
  GROUPS.flatMap(({ code, actions }) => actions.split(/\s+/).map((name) => [name, code])),
);
