import { type Static, Type } from 'typebox';
import { TributaryError } from '../errors.js';
import { readPathKeys } from '../segments/path.js';

const Path = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });

/** Which events are orders, and where in their properties the products are. */
export const OrderRuleSchema = Type.Object(
  {
    event: Type.String({ minLength: 1, maxLength: 255, description: 'Name of the track call.' }),
    order: Type.Optional(
      Path(
        'Of the number that all events of one order share. Without it, or where it is missing, each event is an order.',
      ),
    ),
    products: Type.Optional(
      Path('Of an array of objects, one a product. Without it the event itself is about one product.'),
    ),
    productId: Path('In the product, as all that follow.'),
    name: Type.Optional(Path('Of what people read.')),
    category: Type.Optional(Path('By which recommendations can be chosen.')),
    price: Type.Optional(Path('A number.')),
  },
  { additionalProperties: false },
);

/** The rules of recommendations: one configured document. */
export const RecommendationRulesSchema = Type.Object(
  {
    orders: Type.Array(OrderRuleSchema, { minItems: 1, maxItems: 20 }),
    boughtAgain: Type.Union([Type.Literal('never'), Type.Literal('sensibly'), Type.Literal('always')], {
      description:
        'What a person has bought already is recommended never, always, or where people buy it again and again.',
    }),
    restDays: Type.Integer({
      minimum: 0,
      maximum: 3_650,
      description: 'Nor is it sooner than so many days after it was bought.',
    }),
  },
  { additionalProperties: false },
);

/** See `OrderRuleSchema`. */
export type OrderRule = Static<typeof OrderRuleSchema>;
/** See `RecommendationRulesSchema`. */
export type RecommendationRules = Static<typeof RecommendationRulesSchema>;

/** Orders of the Segment e-commerce specification. */
export const DEFAULT_RECOMMENDATION_RULES: RecommendationRules = {
  orders: [
    {
      ...{ event: 'Order Completed', order: 'order_id', products: 'products', productId: 'product_id' },
      ...{ name: 'name', category: 'category', price: 'price' },
    },
  ],
  boughtAgain: 'sensibly',
  restDays: 1,
};

/** Checks what the schema cannot. @throws TributaryError `request_invalid` that names the place. */
export function checkRecommendationRules({ orders }: RecommendationRules): void {
  for (const [index, { event, ...paths }] of orders.entries()) {
    for (const [name, path] of Object.entries(paths)) {
      if (readPathKeys(path) !== undefined) continue;
      throw new TributaryError(
        'request_invalid',
        `orders[${index}].${name}: ${JSON.stringify(path)} is not a path.`,
      );
    }
    if (orders.findIndex((other) => other.event === event) < index)
      throw new TributaryError(
        'request_invalid',
        `orders[${index}].event: there is a rule for ${JSON.stringify(event)} already.`,
      );
  }
}
