import { readConnection } from '../../src/core/delivery/connection.js';
import type { JsonObject } from '../../src/core/json.js';
import { readMapping } from '../../src/core/mapping/read-mapping.js';
import type { PreparedDefinition } from '../../src/stores/state/connections.js';

/** A definition, and what a kind says of it whose action takes texts; those of `required` must be there. */
export function preparedOf(definition: JsonObject): PreparedDefinition {
  const { required = [], ...rest } = definition as JsonObject & { readonly required?: readonly string[] };
  const read = readConnection({ action: 'send', ...rest });
  const fields = Object.fromEntries(
    Object.keys(read.mapping).map((name) => [
      name,
      { label: name, description: '', type: 'string', required: required.includes(name) } as const,
    ]),
  );
  const { holdsLate } = readMapping(read.mapping);
  return { definition: read, prepared: { mapping: read.mapping, fields, holdsLate, needsGiven: false } };
}
