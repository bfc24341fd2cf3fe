import type { Event } from '../event/event.js';
import type { JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { codeKey } from './code-key.js';

/** The event by which coupons come back, of the Segment e-commerce specification. */
export const REDEEMING_EVENT = 'Order Completed';
/** Codes of one order. */
const CODES_MAX = 50;

/** The codes, as they are compared, that an order names: `coupon`, `coupons`, and `coupon` of its products. */
export function redeemedCodes({ type, name, properties }: Event): string[] {
  if (type !== 'track' || name !== REDEEMING_EVENT) return [];
  const { coupon, coupons, products } = properties;
  const given: Array<JsonValue | undefined> = [coupon];
  if (Array.isArray(coupons)) given.push(...coupons);
  if (Array.isArray(products)) given.push(...products.map((one) => (isObject(one) ? one.coupon : null)));
  const keys = new Set<string>();
  for (const one of given) {
    const key = typeof one === 'string' ? codeKey(one) : undefined;
    if (key !== undefined && keys.size < CODES_MAX) keys.add(key);
  }
  return [...keys];
}
