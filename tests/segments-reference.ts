import { explain, explainComputed } from '../src/core/segments/explain/explain-definition.js';
import { explainTest } from '../src/core/segments/explain/explain-test.js';
import { type Doc, group, indented, joined, layOut, line } from '../src/core/segments/text/layout.js';
import { printComputedText, printText } from '../src/core/segments/text/segment-text.js';
import {
  COMPUTED_EXAMPLES,
  CONDITION_EXAMPLES,
  type Example,
  MEASURE_EXAMPLES,
  NODE_EXAMPLES,
  SELECTOR_EXAMPLES,
  SEQUENCE_EXAMPLES,
  TEST_EXAMPLES,
  WINDOW_EXAMPLES,
} from './segments-examples.js';

const HEAD = `<!-- Written by \`npm run docs\` from tests/segments-examples.ts. Change it there. -->
# Segments and computed traits: everything there is, by example

Each example stands as JSON, which the API takes; as text, which configuration files may hold; and in plain English. All three are made from
one definition. What they mean exactly is in [specs/segments.md](specs/segments.md), the grammar of the text in [specs/segment-text.md](specs/segment-text.md).
`;

const TESTS = `## Tests

Of a trait here; they are the same on a value of an event and on a figure. On a value that is null or missing every test fails, but for those
that ask for just that.

| JSON | text | in English |
|---|---|---|
`;

/** The page of everything that a definition may hold, as Markdown. */
export function segmentsReference(): string {
  return [
    HEAD,
    section('Nodes', 'What a definition is made of.', blocks(NODE_EXAMPLES)),
    `${TESTS}${Object.values(TEST_EXAMPLES).map(testRow).join('\n')}\n`,
    section(
      'Events',
      'Which events, in `events`, in the steps of a `sequence`, and in `since`.',
      blocks(SELECTOR_EXAMPLES),
    ),
    section('Conditions on events', 'What `where` holds.', blocks(CONDITION_EXAMPLES)),
    section('Measures', 'What is made of the events.', blocks(MEASURE_EXAMPLES)),
    section('Windows', 'Which times of the events count.', blocks(WINDOW_EXAMPLES)),
    section(
      'Sequences',
      'What a step may say, and with "sequence." before it, the whole.',
      blocks(SEQUENCE_EXAMPLES),
    ),
    section(
      'Computed traits',
      'What the value of a computed trait is made of.',
      Object.entries(COMPUTED_EXAMPLES).map(([name, { about, of }]) =>
        block(name, about, [jsonText(of), printComputedText(of), explainComputed(of)]),
      ),
    ),
  ].join('\n');
}

function section(title: string, about: string, parts: readonly string[]): string {
  return [`## ${title}`, '', about, '', ...parts].join('\n');
}

function blocks(examples: Readonly<Record<string, Example>>): string[] {
  return Object.entries(examples).map(([name, { about, of }]) =>
    block(name, about, [jsonText(of), printText(of), explain(of)]),
  );
}

function block(
  name: string,
  about: string,
  [json, text, english]: readonly [json: string, text: string, english: string],
): string {
  return `### ${name}

${about}

\`\`\`json
${json}
\`\`\`
\`\`\`
${text}
\`\`\`

${english.includes('\n') ? english : `${english}.`}
`;
}

function testRow({ trait, is }: (typeof TEST_EXAMPLES)[keyof typeof TEST_EXAMPLES]): string {
  const cells = [
    `\`${JSON.stringify(is)}\``,
    `\`${printText({ kind: 'trait', trait, is })}\``,
    explainTest(is),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** JSON on one line where it fits. */
function jsonText(value: unknown): string {
  return layOut(jsonDoc(value));
}

function jsonDoc(value: unknown): Doc {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const parts = list
    ? value.map(jsonDoc)
    : Object.entries(value).map(([key, one]): Doc => [`${JSON.stringify(key)}: `, jsonDoc(one)]);
  const [open, close] = list ? ['[', ']'] : ['{', '}'];
  return group(open, indented(line, joined(parts, [',', line])), line, close);
}
