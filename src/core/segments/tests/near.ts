/** Tests the distance from a place. */
import type { JsonValue } from '../../json.js';
import { isObject } from '../../json.js';
import type { Test } from '../definition.js';
import type { Fields } from '../read.js';
import type { SqlValue } from '../sql/sql-value.js';
import { sure } from '../sql/sql-value.js';
import { type CompiledTest, never } from './compiled-test.js';

type Near = Extract<Test, { op: 'near' }>;

/** Mean radius of the earth (IUGG). */
const RADIUS_KM = 6371.0088;
const KM_MAX = 20_040;
const LATITUDE_KEYS = ['latitude', 'lat'] as const;
const LONGITUDE_KEYS = ['longitude', 'lng', 'lon'] as const;

/** Reads `near`. */
export function readNear(fields: Fields): Near {
  return {
    op: 'near',
    latitude: fields.number('latitude', { min: -90, max: 90 }),
    longitude: fields.number('longitude', { min: -180, max: 180 }),
    km: fields.number('km', { min: 0, max: KM_MAX }),
  };
}

/** Compiles it. */
export function compileNear({ latitude, longitude, km }: Near): CompiledTest {
  return {
    holds(value) {
      const there = placeOf(value);
      return there !== undefined && distanceKm(latitude, longitude, there[0], there[1]) <= km;
    },
    flipsAt: never,
    sql(value, sql) {
      const [lat, lon] = [numberSql(value, LATITUDE_KEYS), numberSql(value, LONGITUDE_KEYS)];
      const [lat0, lon0] = [sql.number(latitude), sql.number(longitude)];
      const half = (a: string, b: string) => `pow(sin((${a} - ${b}) * (pi() / 180) / 2), 2)`;
      const h = `${half(lat, lat0)} + cos(${lat0} * (pi() / 180)) * cos(${lat} * (pi() / 180)) * ${half(lon, lon0)}`;
      const inRange = `${lat} >= -90 AND ${lat} <= 90 AND ${lon} >= -180 AND ${lon} <= 180`;
      return sure(`(${inRange} AND 2 * ${RADIUS_KM} * asin(least(1, sqrt(${h}))) <= ${sql.number(km)})`);
    },
  };
}

function placeOf(value: JsonValue | undefined): readonly [latitude: number, longitude: number] | undefined {
  if (!isObject(value)) return undefined;
  const [latitude, longitude] = [numberAt(value, LATITUDE_KEYS), numberAt(value, LONGITUDE_KEYS)];
  if (latitude === undefined || longitude === undefined) return undefined;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : undefined;
}

/** The first of some keys that holds a number. */
function numberAt(value: { [key: string]: JsonValue }, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const found = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof found === 'number') return found;
  }
  return undefined;
}

function numberSql(value: SqlValue, keys: readonly string[]): string {
  return `coalesce(${keys.map((key) => value.member(key).number).join(', ')})`;
}

/** Great-circle distance by the haversine formula. */
function distanceKm(latA: number, lonA: number, latB: number, lonB: number): number {
  const radians = Math.PI / 180;
  const half = (a: number, b: number) => Math.sin(((a - b) * radians) / 2) ** 2;
  const h = half(latB, latA) + Math.cos(latA * radians) * Math.cos(latB * radians) * half(lonB, lonA);
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
