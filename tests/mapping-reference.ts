import { NORMALISERS } from '../src/core/audience/normalisers.js';
import type { JsonValue } from '../src/core/json.js';
import { LIMITS } from '../src/core/limits.js';
import {
  type DirectiveExamples,
  EXAMPLE_EVENT,
  LIBRARY_EXAMPLES,
  type MappingExample,
  OWN_EXAMPLES,
  WHOLE_EXAMPLE,
} from './mapping-examples.js';

const HEAD = `<!-- Written by \`npm run docs\` from tests/mapping-examples.ts. Change it there. -->
# Mappings

A mapping says how what is sent to a tool is made of an event. It is JSON: an object with a value for each field of the destination's action. A value is
plain, or a **directive**: an object with one key that starts with \`@\`. Directives stand inside each other, and inside objects and lists.

${fenced(WHOLE_EXAMPLE.mapping)}
Fields that the mapping does not name have the default of the action; one that is mapped to null is left out. A field that the action does not have is
refused, with the name that was most likely meant. A value of the wrong type is mended where nothing is lost by it, such as \`"5"\` for a number; otherwise the
event is not sent, and counted as filtered (\`payload_invalid\`; \`mapping_failed\` where a directive cannot do what it says).

The language is that of Segment's destinations, so that their presets work as they are; the directives of our own come after those. Stricter than there: an
object with a key that starts with \`@\` may hold nothing else, and options that no directive could ever use are refused when the mapping is saved. Keys of
objects that customers send, \`__proto__\` and \`constructor\` among them, are data; no path leads to what is not the event's own.

A mapping may have ${number(LIMITS.mappingValuesMax)} values, ${LIMITS.mappingDepthMax} levels, and ${number(LIMITS.mappingTextCharsMax)} characters in one text. What it makes of one event may have ${number(LIMITS.mappedCharsMax)} characters.

The examples are of this event; of the mapping above it makes ${code(WHOLE_EXAMPLE.makes ?? null)}.
`;

/** The page of everything that a mapping may hold, as Markdown. */
export function mappingReference(): string {
  return [
    HEAD,
    fenced(EXAMPLE_EVENT),
    '## Directives of the library',
    '',
    ...directives(LIBRARY_EXAMPLES),
    '## Directives of our own',
    '',
    ...directives(OWN_EXAMPLES),
    '## What `normalise` may be',
    '',
    'As Google (Customer Match, Enhanced Conversions), Meta (Conversions API, Custom Audiences) and Unified ID 2.0 publish it. A telephone number must have its',
    'country code. Hashes of UID2 are base64.',
    '',
    ...Object.keys(NORMALISERS).map((name) => `- \`${name}\``),
    '',
  ].join('\n');
}

function directives(examples: Readonly<Record<string, DirectiveExamples>>): string[] {
  return Object.entries(examples).map(([name, { about, examples: each }]) =>
    [`### ${name}`, '', `${about}`, '', '| mapping | makes |', '|---|---|', ...each.map(row), ''].join('\n'),
  );
}

function row({ mapping, makes }: MappingExample): string {
  return `| ${code(mapping)} | ${makes === undefined ? 'nothing' : code(makes)} |`;
}

function code(value: JsonValue): string {
  // A bar ends a cell also within code.
  return `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
}

function fenced(value: JsonValue): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\`\n`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
