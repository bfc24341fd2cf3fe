/** All directives, a file each. Those of the destinations' library mean exactly what they mean there. */
import type { Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { readArrayPath } from './array-path.js';
import { readCase } from './case.js';
import { readCoupon } from './coupon.js';
import { readDateFormat } from './date-format.js';
import { readExcludeWhenNull } from './exclude-when-null.js';
import { readFlatten } from './flatten.js';
import { readHash } from './hash.js';
import { readIf } from './if.js';
import { readJoin } from './join.js';
import { readJson } from './json.js';
import { readLiquid } from './liquid.js';
import { readLiteral } from './literal.js';
import { readMerge } from './merge.js';
import { readPath } from './path.js';
import { readRecommendations } from './recommendations.js';
import { readReplace } from './replace.js';
import { readTemplate } from './template.js';
import { readTransform } from './transform.js';

/** Reads a directive from what stands under its name. */
export type ReadDirective = (options: Unread, reading: Reading) => Part;

/** Every directive by its name. */
export const DIRECTIVES = {
  '@path': readPath,
  '@template': readTemplate,
  '@literal': readLiteral,
  '@if': readIf,
  '@case': readCase,
  '@replace': readReplace,
  '@arrayPath': readArrayPath,
  '@merge': readMerge,
  '@flatten': readFlatten,
  '@json': readJson,
  '@transform': readTransform,
  '@excludeWhenNull': readExcludeWhenNull,
  '@liquid': readLiquid,
  '@join': readJoin,
  '@hash': readHash,
  '@dateFormat': readDateFormat,
  '@coupon': readCoupon,
  '@recommendations': readRecommendations,
} as const satisfies Readonly<Record<string, ReadDirective>>;

/** Whether there is a directive of a name. */
export function isDirectiveName(name: string): name is keyof typeof DIRECTIVES {
  return Object.hasOwn(DIRECTIVES, name);
}
