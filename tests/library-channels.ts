/**
 * By which channel each destination of the library reaches people, and what it is for. Reviewed by hand, since the library does not say it:
 * the channel decides which suppression list holds.
 */
import type { Channel } from '../src/core/delivery/channel.js';

/** What a group of destinations is for, and the channel of all of them. */
interface Group {
  readonly category: string;
  readonly channel: Channel;
  /** Folders of the library. */
  readonly slugs: string;
}

const GROUPS: readonly Group[] = [
  {
    category: 'Advertising',
    channel: 'ads',
    slugs: `1plusx 1plusx-asset-api amazon-amc amazon-conversions-api criteo-audiences delivrai-activate display-video-360 epsilon
      facebook-conversions-api facebook-custom-audiences first-party-dv360 google-campaign-manager-360 google-data-manager
      google-enhanced-conversions iqm kevel kevel-audience linkedin-audiences linkedin-conversions liveramp-audiences magellan-ai moloco-rmp
      ms-bing-ads-audiences ms-bing-capi nextdoor-capi pinterest-conversions podscribe reddit-audiences reddit-conversions-api revx
      roadwayai rokt-audiences rokt-capi snap-audiences snap-conversions-api stackadapt stackadapt-audiences taboola-actions
      the-trade-desk-crm tiktok-app-events tiktok-audiences tiktok-conversions tiktok-conversions-sandbox tiktok-offline-conversions
      tiktok-offline-conversions-sandbox topsort vibe-audience yahoo-audiences youappi-audiences angler-ai`,
  },
  {
    category: 'E-mail and marketing automation',
    channel: 'email',
    slugs: `acoustic acoustic-s3tc actions-pardot antavo cordial customerio dotdigital dotdigital-audiences drip emarsys encharge
      engage-messaging-sendgrid iterable iterable-audiences iterable-lists klaviyo listrak loops marketo-static-lists movable-ink ortto
      ortto-audiences outfunnel responsys salesforce-marketing-cloud sendgrid sendgrid-audiences taguchi xtremepush yonoma usermotion`,
  },
  {
    category: 'SMS and calls',
    channel: 'sms',
    slugs: `attentive engage-messaging-twilio postscript twilio twilio-messaging twilio-messaging-omnichannel twilio-studio voiceops voyage`,
  },
  {
    category: 'Push and customer engagement',
    channel: 'push',
    slugs: `aampe airship batch braze braze-cohorts clevertap courier insider insider-audiences moengage pushwoosh`,
  },
  {
    category: 'Analytics',
    channel: 'other',
    slugs: `accoil-analytics actable-predictive adjust aggregations-io algolia-insights altertable amplitude amplitude-cohorts app-fit
      attribution avo avo-v2 calliper canvas equals fullstory gainsight-px-cloud-action google-analytics-4 heap hyperengage inleads-ai june
      klime koala launchpad mantle mixpanel pendo-audiences playerzero-cloud posthog prodeology survicate surveysparrow qualtrics sprig
      toplyne trackey trubrics usermaven userpilot appcues gleap canny-functions jimo-cloud hilo`,
  },
  {
    category: 'CRM and sales',
    channel: 'other',
    slugs: `apolloio attio blackbaud-raisers-edge-nxt clay close collab-travel-crm devrev hubspot intercom pipedrive qualified salesforce
      saleswings memora memora-internal`,
  },
  {
    category: 'Personalisation and experiments',
    channel: 'other',
    slugs: `absmartly adobe-target contentstack dawn dynamic-yield-audiences kameleoon launchdarkly launchdarkly-audiences
      optimizely-advanced-audience-targeting optimizely-data-platform optimizely-feature-experimentation-actions optimizely-web recombee
      vwo nudge blend-ai`,
  },
  {
    category: 'Loyalty, billing and other business tools',
    channel: 'other',
    slugs: `ambee chartmogul dub eagleeye-audiences friendbuy gameball gwen ironclad livelike-cloud m3ter metronome rehook revend ripe
      schematic spiffy talon-one voucherify yotpo`,
  },
  {
    category: 'Data and infrastructure',
    channel: 'other',
    slugs: `amazon-eventbridge aws-kinesis aws-s3 google-sheets google-sheets-dev kafka lark noop s3 segment segment-profiles sftp
      singlestore slack webhook webhook-audiences webhook-extensible zapier`,
  },
];

const bySlug = new Map(
  GROUPS.flatMap(({ category, channel, slugs }) =>
    slugs.split(/\s+/).map((slug) => [slug, { categories: [category], channel }] as const),
  ),
);

/** The channel and the categories of a destination; undefined when nobody has looked at it yet. */
export function reviewOf(
  slug: string,
): { readonly channel: Channel; readonly categories: readonly string[] } | undefined {
  return bySlug.get(slug);
}

/** All that were looked at. */
export const REVIEWED: readonly string[] = GROUPS.flatMap(({ slugs }) => slugs.split(/\s+/));
