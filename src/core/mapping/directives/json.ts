import type { JsonValue } from '../../json.js';
import { Fields, refuse } from '../../segments/read.js';
import { boundedText } from '../bounded-text.js';
import type { Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { settle } from '../settle.js';

/** Reads `@json`: a value as JSON text (`encode`), or a JSON text as its value (`decode`; another text stays as it is). */
export function readJson({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const mode = fields.oneOf('mode', ['encode', 'decode'] as const);
  const raw = fields.raw('value');
  fields.end();
  if (!raw.value) refuse(raw.at, 'must be given, and neither be empty nor false, 0 or null.');
  const part = reading.known(raw);
  return {
    evaluate(given, tools) {
      const made = part.evaluate(given, tools);
      if (mode === 'decode') return typeof made === 'string' ? decoded(made) : made;
      // What is nested is bounded first: printing a few lines that hold each other many times would never end.
      const settled = settle(made, false);
      return settled === undefined ? undefined : boundedText(JSON.stringify(settled), at);
    },
    late: false,
  };
}

function decoded(text: string): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
  return settle(value, false);
}
