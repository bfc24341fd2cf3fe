import type { JsonObject } from '../json.js';
import type { Line } from './catalogue.js';
import { pickProduct } from './catalogue.js';
import { mistype } from './person.js';
import type { Visit } from './visit.js';
import { orderProperties, record } from './visit.js';

const SECOND = 1000;

/** A purchase in the store: with the app's card, with an e-mail address told to the clerk, or without a name. */
export function buyAtTill(visit: Visit): void {
  const { person, shopper, random } = visit;
  const lines: Line[] = [];
  for (let left = 1 + Math.min(6, Math.floor(random.wait(1.2))); left > 0; left -= 1) {
    lines.push({ product: pickProduct(random, person.favouriteCategory), quantity: 1, size: person.size });
  }
  const till = `till-${random.int(1, 6)}`;
  const properties = {
    ...orderProperties(lines, { id: `o-${visit.key}`, shippingCents: 0 }),
    affiliation: `Fern & Finch ${person.home.city}`,
    payment_method: random.pick(['card', 'card', 'cash']),
    till,
  };
  const library = { name: 'till', version: '5.1.0' };
  if (shopper.account && random.chance(0.5)) {
    record(visit, 'till', 0, order({ userId: person.userId }, properties, { library }));
  } else if (random.chance(0.6)) {
    const traits = loyaltyTraits(visit);
    if (random.chance(0.15)) record(visit, 'till', 0, { type: 'identify', traits, context: { library } });
    record(visit, 'till', 20 * SECOND, order({}, properties, { library, traits: { email: person.email } }));
  } else {
    record(visit, 'till', 0, order({ anonymousId: `receipt-${visit.key}` }, properties, { library }));
  }
}

function order(ids: { userId?: string; anonymousId?: string }, properties: JsonObject, context: JsonObject) {
  return { type: 'track', event: 'Order Completed', ...ids, properties, context } as const;
}

/** What the clerk types off the paper form: the name is often wrong by a letter. */
function loyaltyTraits(visit: Visit): JsonObject {
  const { person, random } = visit;
  const firstName = random.chance(0.25) ? mistype(random, person.firstName) : person.firstName;
  return {
    email: person.email,
    firstName,
    lastName: person.lastName,
    birthday: person.birthday,
    loyaltyMember: true,
  };
}
