import type { PrintedEvent } from '../event-store.js';
import type { ByteWriter } from './byte-writer.js';
import { BooleanColumn, IntegerColumn, NullableFloatColumn, TextColumn, WordColumn } from './columns.js';
import { JsonColumn, jsonShape } from './json-column.js';

const PROPERTIES = jsonShape(256);
const TRAITS = jsonShape(128);
const CONTEXT = jsonShape(128);

/** What a column can do once it has its values. */
interface Written {
  write(writer: ByteWriter): void;
}

/** The columns of table `events` (migrations/events/0001-events.sql), but for `profile_id`. */
export class EventColumns {
  readonly #head = {
    timestamp: new IntegerColumn(),
    received_at: new IntegerColumn(),
    offset: new IntegerColumn(),
    source_id: new WordColumn(),
    message_id: new TextColumn(),
    type: new WordColumn(),
    name: new WordColumn(),
    user_id: new TextColumn(),
    anonymous_id: new TextColumn(),
    group_id: new TextColumn(),
    previous_id: new TextColumn(),
    integrations: new TextColumn(),
  };
  readonly #json = {
    properties: new JsonColumn(PROPERTIES),
    traits: new JsonColumn(TRAITS),
    context: new JsonColumn(CONTEXT),
  };
  readonly #enrichment = {
    is_bot: new BooleanColumn(),
    browser: new WordColumn(),
    browser_version: new WordColumn(),
    os: new WordColumn(),
    device_type: new WordColumn(),
    campaign_source: new WordColumn(),
    campaign_medium: new WordColumn(),
    campaign_name: new WordColumn(),
    campaign_term: new WordColumn(),
    campaign_content: new WordColumn(),
    referrer_host: new WordColumn(),
    country: new WordColumn(),
    region: new WordColumn(),
    city: new WordColumn(),
    latitude: new NullableFloatColumn(),
    longitude: new NullableFloatColumn(),
  };

  get count(): number {
    return [this.#head, this.#json, this.#enrichment].flatMap((group) => Object.keys(group)).length;
  }

  /**
   * Takes the next row: all of its columns at once, while the event is at hand.
   * @returns false when it cannot be written like this; the columns must then be thrown away
   */
  add({ event, enrichment }: PrintedEvent): boolean {
    const json = this.#json;
    const fits =
      json.properties.add(event.properties) && json.traits.add(event.traits) && json.context.add(event.context);
    if (!fits) return false;
    const head = this.#head;
    head.timestamp.add(event.timestamp);
    head.received_at.add(event.receivedAt);
    head.offset.add(event.offset);
    head.source_id.add(event.sourceId);
    head.message_id.add(event.messageId);
    head.type.add(event.type);
    head.name.add(event.name);
    head.user_id.add(event.userId);
    head.anonymous_id.add(event.anonymousId);
    head.group_id.add(event.groupId);
    head.previous_id.add(event.previousId);
    head.integrations.add(integrationsOf(event.integrations));
    this.#addEnrichment(enrichment);
    return true;
  }

  write(writer: ByteWriter): void {
    for (const [name, column] of Object.entries<Written>(this.#head)) {
      writeColumn(writer, name, TYPES[name] ?? typeOf(column), column);
    }
    for (const [name, column] of Object.entries(this.#json)) writeColumn(writer, name, column.type, column);
    for (const [name, column] of Object.entries<Written>(this.#enrichment)) {
      writeColumn(writer, name, typeOf(column), column);
    }
  }

  #addEnrichment(enrichment: PrintedEvent['enrichment']): void {
    const to = this.#enrichment;
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
