import type { PrintedEvent } from '../event-store.js';
import { personText } from '../person-text.js';
import type { ByteWriter } from './byte-writer.js';
import type { Column } from './columns.js';
import { BooleanColumn, IntegerColumn, NullableFloatColumn, TextColumn, WordColumn } from './columns.js';
import { JsonColumn, jsonShape } from './json-column.js';

const TIME = "DateTime64(3, 'UTC')";
const PROPERTIES = jsonShape(256);
const TRAITS = jsonShape(128);
const CONTEXT = jsonShape(128);

function createColumns(rowsMax: number) {
  return {
    timestamp: new IntegerColumn(TIME, rowsMax),
    received_at: new IntegerColumn(TIME, rowsMax),
    offset: new IntegerColumn('UInt64', rowsMax),
    source_id: new WordColumn(rowsMax),
    message_id: new TextColumn(),
    type: new WordColumn(rowsMax),
    name: new WordColumn(rowsMax),
    user_id: new TextColumn(),
    anonymous_id: new TextColumn(),
    group_id: new TextColumn(),
    previous_id: new TextColumn(),
    properties: new JsonColumn(PROPERTIES),
    traits: new JsonColumn(TRAITS),
    context: new JsonColumn(CONTEXT),
    integrations: new TextColumn(),
    person: new TextColumn(),
    is_bot: new BooleanColumn(rowsMax),
    browser: new WordColumn(rowsMax),
    browser_version: new WordColumn(rowsMax),
    os: new WordColumn(rowsMax),
    device_type: new WordColumn(rowsMax),
    campaign_source: new WordColumn(rowsMax),
    campaign_medium: new WordColumn(rowsMax),
    campaign_name: new WordColumn(rowsMax),
    campaign_term: new WordColumn(rowsMax),
    campaign_content: new WordColumn(rowsMax),
    referrer_host: new WordColumn(rowsMax),
    country: new WordColumn(rowsMax),
    region: new WordColumn(rowsMax),
    city: new WordColumn(rowsMax),
    latitude: new NullableFloatColumn(rowsMax),
    longitude: new NullableFloatColumn(rowsMax),
  };
}

/** The columns of table `events` but for `profile_id`, by their names in migrations/events/0001-events.sql. */
export class EventColumns {
  readonly #columns: ReturnType<typeof createColumns>;

  /** @param rowsMax rows that will come at most */
  constructor(rowsMax: number) {
    this.#columns = createColumns(rowsMax);
  }

  get count(): number {
    return Object.keys(this.#columns).length;
  }

  /**
   * Takes the next row: all of its columns at once, while the event is at hand.
   * @returns false when it cannot be written like this; the columns must then be thrown away
   */
  add({ event, enrichment }: PrintedEvent): boolean {
    const to = this.#columns;
    const fits =
      to.properties.add(event.properties) && to.traits.add(event.traits) && to.context.add(event.context);
    if (!fits) return false;
    to.timestamp.add(event.timestamp);
    to.received_at.add(event.receivedAt);
    to.offset.add(event.offset);
    to.source_id.add(event.sourceId);
    to.message_id.add(event.messageId);
    to.type.add(event.type);
    to.name.add(event.name);
    to.user_id.add(event.userId);
    to.anonymous_id.add(event.anonymousId);
    to.group_id.add(event.groupId);
    to.previous_id.add(event.previousId);
    to.integrations.add(printed(event.integrations));
    to.person.add(personText(event, enrichment.bot));
    this.#addEnrichment(enrichment);
    return true;
  }

  /** Writes each column: its name, its type, its values. */
  write(writer: ByteWriter): void {
    for (const [name, column] of Object.entries<Column>(this.#columns)) {
      writer.string(name);
      writer.string(column.type);
      column.write(writer);
    }
  }

  #addEnrichment(enrichment: PrintedEvent['enrichment']): void {
    const to = this.#columns;
    to.is_bot.add(enrichment.bot);
    to.browser.add(enrichment.browser);
    to.browser_version.add(enrichment.browserVersion);
    to.os.add(enrichment.os);
    to.device_type.add(enrichment.deviceType);
    to.campaign_source.add(enrichment.campaignSource);
    to.campaign_medium.add(enrichment.campaignMedium);
    to.campaign_name.add(enrichment.campaignName);
    to.campaign_term.add(enrichment.campaignTerm);
    to.campaign_content.add(enrichment.campaignContent);
    to.referrer_host.add(enrichment.referrerHost);
    to.country.add(enrichment.country);
    to.region.add(enrichment.region);
    to.city.add(enrichment.city);
    to.latitude.add(enrichment.latitude);
    to.longitude.add(enrichment.longitude);
  }
}

/** As text; an empty object is the same as none. */
function printed(integrations: PrintedEvent['event']['integrations']): string {
  for (const _ in integrations) return JSON.stringify(integrations);
  return '';
}
