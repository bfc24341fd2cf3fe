/**
 * Every destination of the library: loaded, described, set up with sample settings, and each of its actions dry-run with what its presets or
 * defaults make of sample events. Either it shows a request, or it says why there is none.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DestinationKind } from '../../../src/activate/destinations/destination.js';
import { catalogue } from '../../../src/activate/library/catalogue.js';
import { libraryKind } from '../../../src/activate/library/library-kind.js';
import { parseEventChoices } from '../../../src/core/delivery/event-choice.js';
import type { JsonObject } from '../../../src/core/json.js';
import { checkPayload } from '../../../src/core/mapping/check-payload.js';
import { IDENTIFY, membership, ORDER } from './library-cases.js';
import { contextAt, delivery, evaluated, startTool, type Tool } from './library-world.js';
import { sampleMissing, sampleSettings } from './sample-values.js';
import { WITHOUT_REQUEST } from './without-request.js';

const rest = { ...ORDER, event: undefined, type: undefined };
const EVENTS: readonly JsonObject[] = [
  ORDER,
  IDENTIFY,
  membership(true),
  {
    ...(rest as unknown as JsonObject),
    type: 'group',
    groupId: 'company-1',
    traits: { name: 'ACME', industry: 'Shoes', email: 'acme@example.com' },
  },
  { ...(rest as unknown as JsonObject), type: 'page', name: 'Cart' },
  { ...(rest as unknown as JsonObject), type: 'alias', previousId: 'anonymous-1' },
];

let tool: Tool;
beforeAll(async () => {
  tool = await startTool();
});
afterAll(() => tool.close());

/** Tries events until one makes a request; the last result tells why none did. */
async function dryRun(kind: DestinationKind, action: string, settings: JsonObject): Promise<string> {
  const definition = kind.actions[action];
  if (definition === undefined) return 'no such action';
  const preset = kind.presets.find((one) => one.action === action);
  const defaults = Object.fromEntries(
    Object.entries(definition.fields).flatMap(([name, field]) =>
      field.default === undefined ? [] : [[name, field.default]],
    ),
  );
  const told = new Set<string>();
  for (const event of EVENTS) {
    const made = evaluated({ ...defaults, ...preset?.mapping }, event);
    const payload = { ...made, ...sampleMissing(definition.fields, made) };
    const checked = checkPayload(payload, definition.fields, false);
    const { context, exchanges, close } = contextAt(tool, { settings, dryRun: true });
    const [result] = await definition.send(
      [delivery('payload' in checked ? checked.payload : payload, event, definition)],
      context,
    );
    await close();
    if (exchanges().length > 0) {
      // What the pipeline's check refuses, the library refuses too.
      expect(checked, action).not.toHaveProperty('faults');
      return 'request';
    }
    told.add(result?.status === 'failed' ? result.code : String(result?.status));
  }
  return [...told].sort().join(' or ');
}

describe.each(catalogue().map(({ slug }) => slug))('%s', (slug) => {
  test('can be dry-run', async () => {
    const kind = libraryKind(slug);
    if (kind === undefined) throw new Error('It is in the catalogue only');
    const settings = sampleSettings(kind.settings);
    for (const preset of kind.presets) {
      expect(kind.actions).toHaveProperty(preset.action);
      if ('events' in preset.from) expect(parseEventChoices(preset.from.events)).not.toEqual([]);
    }
    const outcomes: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const action of Object.keys(kind.actions)) {
      outcomes[action] = await dryRun(kind, action, settings);
      expected[action] = WITHOUT_REQUEST[`${slug}/${action}`] ?? 'request';
    }
    expect(outcomes).toEqual(expected);
  });
});

test('exceptions are of actions that there are, and few', () => {
  const actions = catalogue().flatMap(({ slug }) =>
    Object.keys(libraryKind(slug)?.actions ?? {}).map((action) => `${slug}/${action}`),
  );
  const exceptions = Object.keys(WITHOUT_REQUEST);
  expect(exceptions.filter((name) => !actions.includes(name))).toEqual([]);
  expect(exceptions.length / actions.length).toBeLessThan(0.12);
});

test('nothing has left in a dry run', () => {
  expect(tool.take()).toEqual([]);
});
