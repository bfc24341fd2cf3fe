import type { JsonObject } from '../json.js';
import type { Line } from './catalogue.js';
import { CURRENCY, lineProperties } from './catalogue.js';
import type { Channel, ShopCall } from './demo-call.js';
import type { Person } from './person.js';
import type { Random } from './random.js';

/** What has become of somebody so far: all that has to be remembered between two visits. */
export interface Shopper {
  readonly index: number;
  visits: number;
  /** True once there is an account. */
  account: boolean;
  /** Devices on which the account is signed in, one bit each. */
  signedIn: number;
  /** How often the browsers' cookies were cleared. Each time the anonymousIds are new. */
  cookies: number;
  /** True once the consent banner was answered. */
  chose: boolean;
  unsubscribed: boolean;
  /** True once a mistyped e-mail address was put right. */
  corrected: boolean;
}

/** One visit while it goes on. `at` moves forward with every call. */
export interface Visit {
  readonly seed: number;
  readonly person: Person;
  readonly shopper: Shopper;
  readonly random: Random;
  /** Unique among all visits; the ids of its messages and orders begin with it. */
  readonly key: string;
  at: number;
  readonly calls: { readonly channel: Channel; readonly call: ShopCall }[];
}

/** Adds a call that happens `afterMs` milliseconds after the one before. */
export function record(
  visit: Visit,
  channel: Channel,
  afterMs: number,
  body: Omit<ShopCall, 'messageId' | 'timestamp'>,
): void {
  visit.at += Math.round(afterMs);
  const messageId = `${visit.key}-${visit.calls.length}`;
  visit.calls.push({ channel, call: { ...body, messageId, timestamp: new Date(visit.at).toISOString() } });
}

/** The person's choice as it is now, as `context.consent` carries it. */
export function consentContext(visit: Visit): JsonObject {
  const { consent } = visit.person;
  const marketing = consent.marketing && !visit.shopper.unsubscribed;
  return {
    categoryPreferences: {
      analytics: consent.analytics,
      marketing,
      personalization: consent.personalization,
    },
  };
}

/** The properties of `Order Completed`, `Checkout Started` and `Cart Viewed`. Sums are exact to the cent. */
export function orderProperties(
  lines: readonly Line[],
  order: { id?: string; coupon?: string; shippingCents: number },
): JsonObject {
  const subtotal = lines.reduce((sum, line) => sum + line.product.cents * line.quantity, 0);
  const discount = order.coupon === undefined ? 0 : Math.round(subtotal * 0.1);
  const revenue = subtotal - discount;
  const tax = Math.round(revenue * 0.08);
  return {
    ...(order.id === undefined ? {} : { order_id: order.id }),
    total: (revenue + tax + order.shippingCents) / 100,
    subtotal: subtotal / 100,
    revenue: revenue / 100,
    tax: tax / 100,
    shipping: order.shippingCents / 100,
    discount: discount / 100,
    currency: CURRENCY,
    ...(order.coupon === undefined ? {} : { coupon: order.coupon }),
    products: lines.map(lineProperties),
  };
}
