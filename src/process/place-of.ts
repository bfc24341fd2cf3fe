import { isIP } from 'node:net';
import { type CityResponse, open, type Reader } from 'maxmind';
import type { Place, PlaceOf } from '../core/enrich/enrichment.js';
import { memoizeRecent } from '../core/enrich/memoize-recent.js';
import { shortText } from '../core/enrich/short-text.js';
import { TributaryError } from '../core/errors.js';

const ADDRESSES_CACHED_MAX = 10_000;
const NAME_CHARS_MAX = 200;
/** Database types that hold a country: `GeoLite2-City`, `GeoIP2-Country`, `DBIP-City-Lite`, `GeoIP2-Enterprise` and so on. */
const PLACES = /city|country|enterprise|insights/i;

/**
 * Opens a MaxMind database (City or Country) and gives the look-up on it. Names of places are English. The database is
 * read into memory whole; a changed file needs a restart. A look-up never throws: a broken record is "not known".
 * @throws TributaryError `config_invalid` when the file cannot be opened or is not such a database.
 */
export async function openPlaces(file: string): Promise<PlaceOf> {
  const reader = await openReader(file);
  const { databaseType, ipVersion } = reader.metadata;
  if (!PLACES.test(String(databaseType))) {
    throw new TributaryError(
      'config_invalid',
      `TRIBUTARY_GEOIP_FILE=${file} is a ${databaseType} database: give a City or Country one, such as GeoLite2-City.mmdb.`,
    );
  }
  const placeOf = memoizeRecent((ip) => lookUp(reader, ip, ipVersion), ADDRESSES_CACHED_MAX);
  return (ip) => placeOf(ip) ?? undefined;
}

async function openReader(file: string): Promise<Reader<CityResponse>> {
  try {
    return await open<CityResponse>(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      'config_invalid',
      `TRIBUTARY_GEOIP_FILE=${file} cannot be opened as a MaxMind database (.mmdb): ${reason}`,
      { cause },
    );
  }
}

function lookUp(reader: Reader<CityResponse>, address: string, ipVersion: number): Place | null {
  // A socket that takes both versions gives IPv4 addresses as `::ffff:192.0.2.1`.
  const ip = /^::ffff:\d+\./i.test(address) ? address.slice(7) : address;
  const version = isIP(ip);
  // In a tree of IPv4 addresses, the bits of an IPv6 one lead to a wrong place.
  if (version === 0 || (version === 6 && ipVersion === 4)) return null;
  try {
    const found: unknown = reader.get(ip);
    return placeOfRecord(found);
  } catch {
    return null;
  }
}

/** The record's type is what the file promises, not what it holds: every step is checked. */
function placeOfRecord(record: unknown): Place | null {
  const country = text(at(at(record, 'country'), 'iso_code'));
  const region = nameOf(at(at(record, 'subdivisions'), '0'));
  const city = nameOf(at(record, 'city'));
  const latitude = degrees(at(at(record, 'location'), 'latitude'), 90);
  const longitude = degrees(at(at(record, 'location'), 'longitude'), 180);
  if (country === '' && region === '' && city === '' && latitude === null) return null;
  return { country, region, city, latitude, longitude };
}

function nameOf(entity: unknown): string {
  return text(at(at(entity, 'names'), 'en')) || text(at(entity, 'iso_code'));
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function text(value: unknown): string {
  return shortText(value, NAME_CHARS_MAX);
}

function degrees(value: unknown, max: number): number | null {
  return typeof value === 'number' && Math.abs(value) <= max ? value : null;
}
