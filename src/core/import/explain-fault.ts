import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { JsonValue } from '../json.js';

/** The parts of a JSON schema that the explanation looks at. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/**
 * The first thing in which a value is not as a schema has it: a sentence that names the path, below `root`, and the fix.
 * Undefined when there is none.
 */
export function explainFault(schema: TSchema, value: JsonValue, root: string): string | undefined {
  // `boolean` is how the validator says a second time that a key is unknown.
  const faults = (Value.Errors(schema, value) as readonly Fault[]).filter(
    ({ keyword }) => keyword !== 'boolean',
  );
  // An unknown key is most often a slip of the pen in the one that is then missing: it goes first.
  const fault = faults.find(({ keyword }) => keyword === 'additionalProperties') ?? faults[0];
  return fault && sentence(fault, schema as Shape, root);
}

function sentence({ keyword, instancePath, params, message }: Fault, schema: Shape, root: string): string {
  const steps = instancePath.split('/').slice(1).map(unescaped);
  const path = [root, ...steps].join('.');
  switch (keyword) {
    case 'additionalProperties': {
      const unknown = [params.additionalProperties].flat()[0];
      const known = Object.keys(shapeAt(schema, steps)?.properties ?? {}).join(', ');
      return `${path}.${String(unknown)} does not exist. Known in ${path} are: ${known}.`;
    }
    case 'required':
      return `${path} needs ${[params.requiredProperties].flat().join(' and ')}.`;
    case 'enum':
      return `${path} must be one of ${[params.allowedValues].flat().join(', ')}.`;
    case 'type':
      return `${path} must be of type ${[params.type].flat().join(' or ')}.`;
    case 'minLength':
      return `${path} must not be empty.`;
    default:
      return `${path} ${message}.`;
  }
}

/** A step of a JSON pointer (RFC 6901). */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function shapeAt(schema: Shape, steps: readonly string[]): Shape | undefined {
  let at: Shape | undefined = schema;
  for (const step of steps) {
    const own: Shape | undefined = Object.hasOwn(at?.properties ?? {}, step)
      ? at?.properties?.[step]
      : undefined;
    at = own ?? Object.values(at?.patternProperties ?? {})[0] ?? at?.items;
  }
  return at;
}
