/** A shop's people and events, made inside ClickHouse: the same every time, as many as wanted. */
import type { ClickHouse } from '../../src/engines/clickhouse.js';

/** The end of the world's time; its events lie in the 365 days before. */
export const WORLD_END = Date.UTC(2026, 0, 1);

const EVENTS_PER_INSERT = 1_000_000;
const PROFILE = (n: string) =>
  `toUUID(concat(substring(lower(hex(MD5(toString(${n})))) AS h, 1, 8), '-', substring(h, 9, 4), '-8', substring(h, 14, 3), '-a', substring(h, 18, 3), '-', substring(h, 21, 12)))`;

/** Fills `profiles`, `accounts` and `events`. A twentieth of all people buy a lot; a fifth of all events are orders of theirs. */
export async function fillWorld(clickhouse: ClickHouse, people: number, events: number): Promise<void> {
  await clickhouse.command(`
    INSERT INTO profiles (profile_id, version, traits, accounts, consents, identifier_kinds)
    SELECT ${PROFILE('number')}, 1,
      concat('{"plan":"', ['free', 'free', 'free', 'pro', 'team'][number % 5 + 1], '","age":', toString(18 + number % 60), ',"country":"',
        ['DE', 'FR', 'US', 'US', 'JP', 'BR'][number % 6 + 1], '","address":{"city":"c', toString(number % 500), '"}}'),
      if(number % 4 = 0, [concat('g', toString(number % 20000))], []), if(number % 3 = 0, ['marketing'], []), ['user_id', 'email']
    FROM numbers(${people})`);
  await clickhouse.command(`
    INSERT INTO accounts (group_id, version, traits)
    SELECT concat('g', toString(number)), 1, concat('{"industry":"', ['retail', 'media', 'bank', 'steel'][number % 4 + 1], '","seats":', toString(number % 300), '}')
    FROM numbers(20000)`);
  for (let from = 0; from < events; from += EVENTS_PER_INSERT) {
    await clickhouse.command(eventsSql(people, from, Math.min(EVENTS_PER_INSERT, events - from)));
  }
}

function eventsSql(people: number, from: number, count: number): string {
  // Squared, so that some people do much more than others.
  const person = `toUInt64(pow((cityHash64(n, 1) % 1000003) / 1000003, 2) * ${people})`;
  const kind = 'cityHash64(n, 2) % 20';
  const name = `multiIf(k < 9, 'Product Viewed', k < 13, 'Product Added', k < 15, 'Order Completed', k < 19, 'Home', '')`;
  const product = 'toString(cityHash64(n, 3) % 2000)';
  const price = 'toString((cityHash64(n, 4) % 20000) / 100)';
  const line = `concat('{"product_id":"', ${product}, '","category":"', ['shoes', 'hats', 'coats', 'socks'][cityHash64(n, 5) % 4 + 1], '","price":', ${price}, '}')`;
  const properties = `multiIf(k < 13, ${line}, k < 15, concat('{"order_id":"o', toString(n), '","total":', ${price}, ',"currency":"EUR","products":[', ${line}, ',', ${line}, ']}'),
    k < 19, '{"path":"/","title":"Home"}', '{}')`;
  return `
    INSERT INTO events (profile_id, timestamp, received_at, offset, source_id, message_id, type, name, user_id, properties, context)
    SELECT ${PROFILE('p')}, fromUnixTimestamp64Milli(toInt64(${WORLD_END} - 365 * 86400000 + cityHash64(n, 6) % (365 * 86400000))), fromUnixTimestamp64Milli(toInt64(${WORLD_END})),
      n, 'web', concat('m', toString(n)), multiIf(k < 15, 'track', k < 19, 'page', 'identify'), ${name}, concat('u', toString(p)), ${properties},
      '{"locale":"de-DE","userAgent":"x","page":{"path":"/p"}}'
    FROM (SELECT number + ${from} AS n, ${person} AS p, ${kind} AS k FROM numbers(${count}))`;
}
