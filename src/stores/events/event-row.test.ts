import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { EMPTY_ENRICHMENT } from '../../core/enrich/enrich.js';
import type { Enrichment } from '../../core/enrich/enrichment.js';
import type { Event } from '../../core/event/event.js';
import { encodeRow } from './event-row.js';

function rowOf(given: Partial<Event>, enrichment: Partial<Enrichment> = {}): Record<string, unknown> {
  const event = anEvent(given);
  const line = encodeRow({
    event,
    enrichment: { ...EMPTY_ENRICHMENT, ...enrichment },
    profileId: '0190f7c1-7c5e-8a3b-9d2e-0123456789ab',
  });
  expect(line).not.toContain('\n');
  return JSON.parse(line) as Record<string, unknown>;
}

test('what is empty is left out', () => {
  expect(rowOf({ name: '' })).toEqual({
    ...{
      profile_id: '0190f7c1-7c5e-8a3b-9d2e-0123456789ab',
      offset: 0,
      source_id: 'src_test',
      type: 'track',
    },
    ...{ timestamp: 1_750_000_000_000, received_at: 1_750_000_000_000, message_id: 'm', context: {} },
  });
});

test('everything that is there is in its column', () => {
  const ids = { userId: 'u', anonymousId: 'a', groupId: 'g', previousId: 'p' };
  const row = rowOf(
    {
      ...ids,
      ...{ name: 'Say "hi"\n', properties: { products: [{ sku: 'x' }] }, traits: { a: null } },
      ...{ context: { ip: '192.0.2.1' }, integrations: { All: false } },
    },
    {
      ...{ bot: true, browser: 'Firefox', browserVersion: '140', os: 'Linux', deviceType: 'desktop' },
      ...{ campaignSource: 's', campaignMedium: 'm', campaignName: 'n', campaignTerm: 't' },
      ...{ campaignContent: 'c', referrerHost: 'r', country: 'DE', region: 'Bayern', city: 'Ulm' },
      ...{ latitude: 0, longitude: -1.5 },
    },
  );
  expect(row).toMatchObject({
    ...{ name: 'Say "hi"\n', user_id: 'u', anonymous_id: 'a', group_id: 'g', previous_id: 'p' },
    ...{ properties: { products: [{ sku: 'x' }] }, traits: { a: null }, context: { ip: '192.0.2.1' } },
    // A text column: what the client said, as it said it.
    integrations: '{"All":false}',
    ...{ is_bot: true, browser: 'Firefox', browser_version: '140', os: 'Linux', device_type: 'desktop' },
    ...{ campaign_source: 's', campaign_medium: 'm', campaign_name: 'n', campaign_term: 't' },
    ...{ campaign_content: 'c', referrer_host: 'r', country: 'DE', region: 'Bayern', city: 'Ulm' },
    ...{ latitude: 0, longitude: -1.5 },
  });
});
