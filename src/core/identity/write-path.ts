import type { JsonObject } from '../json.js';
import type { IdentifierRule } from './rules.js';

const EXTERNAL_ID = /^context\.externalIds\[([^\]]+)\]$/;
/** Where a name is best given: ids of the call's own first, properties last, which are about the event. */
const ROOTS = ['userId', 'anonymousId', 'context', 'traits', 'properties'] as const;

/**
 * The parts of a call that give an identifier of a kind, at one of the places where its rule reads any source's.
 * @returns undefined when the rule reads those of certain sources alone.
 */
export function giveIdentifier({ from }: IdentifierRule, value: string): JsonObject | undefined {
  const paths = from.filter((entry) => typeof entry === 'string');
  const root = ROOTS.find((name) => paths.some((path) => path.split(/[.[]/)[0] === name));
  const path = paths.find((one) => one.split(/[.[]/)[0] === root);
  if (path === undefined) return undefined;
  const [, type] = EXTERNAL_ID.exec(path) ?? [];
  if (type !== undefined) return { context: { externalIds: [{ type, id: value }] } };
  const [first = '', ...rest] = path.split('.');
  const inner = rest.reduceRight<JsonObject | string>((given, key) => ({ [key]: given }), value);
  return { [first]: inner };
}
