import type { Enrichment } from '../../core/enrich/enrichment.js';
import type { PrintedEvent } from './event-store.js';
import { jsonColumn } from './json-column.js';
import { personText } from './person-text.js';

/**
 * Prints one row of table `events` as a line of JSONEachRow. Empty values are left out: the column's default is the same,
 * and neither side has to spend time on them.
 */
export function encodeRow(printed: PrintedEvent): string {
  const { event, profileId } = printed;
  const propertiesJson = JSON.stringify(event.properties);
  const traitsJson = JSON.stringify(event.traits);
  let row = `{"profile_id":"${profileId}","timestamp":${event.timestamp},"received_at":${event.receivedAt}`;
  row += `,"offset":${event.offset},"source_id":"${event.sourceId}","type":"${event.type}"`;
  row += text('message_id', event.messageId) + text('name', event.name);
  row += text('user_id', event.userId) + text('anonymous_id', event.anonymousId);
  row += text('group_id', event.groupId) + text('previous_id', event.previousId);
  if (propertiesJson !== '{}') row += `,"properties":${jsonColumn(propertiesJson, event.properties)}`;
  if (traitsJson !== '{}') row += `,"traits":${jsonColumn(traitsJson, event.traits)}`;
  row += `,"context":${jsonColumn(JSON.stringify(event.context), event.context)}`;
  const integrations = JSON.stringify(event.integrations);
  if (integrations !== '{}') row += `,"integrations":${JSON.stringify(integrations)}`;
  row += text('person', personText(event, printed.enrichment.bot));
  return `${row}${enrichmentColumns(printed.enrichment)}}`;
}

function text(column: string, value: string): string {
  return value === '' ? '' : `,"${column}":${JSON.stringify(value)}`;
}

function enrichmentColumns(e: Enrichment): string {
  let row = e.bot ? ',"is_bot":true' : '';
  row += text('browser', e.browser) + text('browser_version', e.browserVersion) + text('os', e.os);
  row += text('device_type', e.deviceType) + text('referrer_host', e.referrerHost);
  row += text('campaign_source', e.campaignSource) + text('campaign_medium', e.campaignMedium);
  row += text('campaign_name', e.campaignName) + text('campaign_term', e.campaignTerm);
  row += text('campaign_content', e.campaignContent);
  row += text('country', e.country) + text('region', e.region) + text('city', e.city);
  if (e.latitude !== null) row += `,"latitude":${e.latitude}`;
  if (e.longitude !== null) row += `,"longitude":${e.longitude}`;
  return row;
}
