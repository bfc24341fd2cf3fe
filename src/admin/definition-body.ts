import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import { isShallow } from '../core/event/measure.js';
import type { JsonValue } from '../core/json.js';
import type { ComputedValue, Node } from '../core/segments/definition.js';
import { readNode } from '../core/segments/node.js';
import { readComputedValue } from '../core/segments/nodes/computed.js';
import { parseComputedText, parseText } from '../core/segments/text/segment-text.js';
import { placeFor } from './definition-schemas.js';

/** A definition is at most 100 nodes deep, each of which is an object in an array, with conditions below. */
const BODY_DEPTH_MAX = 400;
const TEXT_CHARS_MAX = 200_000;

const textForm = Type.Optional(
  Type.String({ maxLength: TEXT_CHARS_MAX, description: 'The same in the text form, instead.' }),
);

/** Fields of a body that gives a definition in one of its forms. */
export const DefinitionFields = {
  definition: Type.Optional(placeFor('SegmentNode', 'The definition, as JSON.')),
  text: textForm,
};

/** Fields of a body that says what a computed trait is made of. */
export const ComputedFields = {
  value: Type.Optional(placeFor('ComputedTraitValue', 'What it is made of, as JSON.')),
  text: textForm,
};

interface Given {
  readonly text?: string;
}

/** The definition of a body; undefined when there is none. @throws TributaryError that says where it is wrong, and the fix. */
export function definitionOf(body: Given & { readonly definition?: unknown }): Node | undefined {
  return oneForm(body, 'definition', readNode, parseText);
}

/** The same where there must be one. */
export function neededDefinition(body: Given & { readonly definition?: unknown }): Node {
  return definitionOf(body) ?? refuse('definition');
}

/** What a computed trait is made of. */
export function neededComputed(body: Given & { readonly value?: unknown }): ComputedValue {
  return oneForm(body, 'value', readComputedValue, parseComputedText) ?? refuse('value');
}

function oneForm<Read, Field extends string>(
  body: Given & { readonly [Key in Field]?: unknown },
  field: Field,
  read: (value: unknown, at: string) => Read,
  parse: (text: string) => unknown,
): Read | undefined {
  if (body[field] !== undefined && body.text !== undefined) refuse(field);
  if (body.text !== undefined) return read(parse(body.text), field);
  return body[field] === undefined ? undefined : read(body[field], field);
}

function refuse(field: string): never {
  throw new TributaryError('request_invalid', `Give one of ${field} and text.`);
}

/** A hook for routes that take definitions: no body is so deep that looking at it overflows the stack. */
export async function refuseDeepBody({ body }: { readonly body: unknown }): Promise<void> {
  if (isShallow((body ?? null) as JsonValue, BODY_DEPTH_MAX)) return;
  throw new TributaryError('request_invalid', `The body is nested more than ${BODY_DEPTH_MAX} levels deep.`);
}
