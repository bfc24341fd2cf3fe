/** How definitions stand in the schemas of routes: checked by their own readers, and published as components of the OpenAPI document. */
import { Type } from 'typebox';
import { SEGMENT_SCHEMAS, type SegmentSchemaName } from '../core/segments/schema.js';

/** What a definition found for a person. */
const EXPLANATION = {
  type: 'object',
  description: 'What one node of a definition found for a person, and what the nodes below it did.',
  properties: {
    kind: { type: 'string', description: 'Of the node.' },
    text: { type: 'string', description: 'The node as text; of leaves alone.' },
    english: { type: 'string', description: 'The node in words; of leaves alone.' },
    holds: { type: 'boolean' },
    value: {
      description: 'What a leaf tested; left out where it is missing, or where there is none to test.',
    },
    of: { type: 'array', items: { $ref: '#/components/schemas/SegmentExplanation' } },
  },
  required: ['kind', 'holds'],
} as const;

/** Schemas by the names under which the document has them. */
export const COMPONENTS = { ...SEGMENT_SCHEMAS, SegmentExplanation: EXPLANATION } as const;

type ComponentName = SegmentSchemaName | 'SegmentExplanation';

/**
 * A place for what one of the components describes. It lets everything through: the validator's sentences know nothing of paths and
 * fixes, and readers know all.
 */
export function placeFor(name: ComponentName, description: string) {
  return Type.Unsafe<unknown>({ $comment: name, description });
}

/** Puts references to the components where `placeFor` left their names. */
export function withReferences<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withReferences) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const { $comment, ...rest } = value as { $comment?: unknown };
  const named = typeof $comment === 'string' && Object.hasOwn(COMPONENTS, $comment);
  const parts = Object.entries(named ? rest : value).map(([key, part]) => [key, withReferences(part)]);
  return Object.fromEntries(
    named ? [['$ref', `#/components/schemas/${$comment}`], ...parts] : parts,
  ) as Value;
}
