/**
 * Destinations of the library, driven end to end over HTTP: what our adapter sends equals what the library sends when a program calls it
 * directly with the same event, mapping and settings, request by request: method, address, headers, body.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { environmentSetting, OAUTH_SETTINGS } from '../../../src/activate/library/library-fields.js';
import { defaultMapping } from '../../../src/activate/library/library-presets.js';
import { libraryDefinition } from '../../../src/activate/library/load-library.js';
import { LIBRARY_CASES, type LibraryCase, ORDER } from './library-cases.js';
import {
  type Sending,
  sendByAdapter,
  sendByLibrary,
  startTool,
  type Tool,
  type ToolRequest,
} from './library-world.js';

let tool: Tool;
beforeAll(async () => {
  tool = await startTool();
});
afterAll(() => tool.close());

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const TOKENS = { accessToken: 'access-token', refreshToken: 'refresh-token' };

/** What is made up anew for each request. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

function comparable(requests: readonly ToolRequest[]) {
  return requests.map(({ body, ...request }) => ({ ...request, body: body.replace(UUID, '<uuid>') }));
}

function sendingOf(one: LibraryCase): Sending {
  const action = libraryDefinition(one.slug).actions[one.action];
  if (action === undefined) throw new Error(`${one.slug} has no action ${one.action}`);
  return {
    slug: one.slug,
    action: one.action,
    settings: {
      ...one.settings,
      ...(one.oauth
        ? {
            [OAUTH_SETTINGS.accessToken]: TOKENS.accessToken,
            [OAUTH_SETTINGS.refreshToken]: TOKENS.refreshToken,
          }
        : {}),
      ...Object.fromEntries(
        Object.entries(one.environment ?? {}).map(([name, value]) => [environmentSetting(name), value]),
      ),
    },
    events: one.events ?? [ORDER],
    mapping: { ...defaultMapping(action), ...one.mapping },
    ...(one.batch ? { batch: true } : {}),
  };
}

describe('requests equal those of the library itself', () => {
  test.each(LIBRARY_CASES.map((one) => [`${one.slug}/${one.action}`, one] as const))('%s', async (_, one) => {
    tool.answer = one.answer ?? (() => undefined);
    tool.take();
    const sending = sendingOf(one);
    const settings = { ...one.settings };
    for (const [name, { default: value }] of Object.entries(
      libraryDefinition(one.slug).authentication?.fields ?? {},
    ))
      if (value !== undefined) settings[name] ??= value;
    const auth = one.oauth ? TOKENS : {};
    const direct = await sendByLibrary(sending, { settings, auth, environment: one.environment ?? {} }, tool);
    const expected = comparable(tool.take());
    const results = await sendByAdapter(sending, tool);
    expect(results).toEqual(sending.events.map(() => ({ status: 'delivered' })));
    expect(comparable(tool.take())).toEqual(expected);
    expect(expected).toHaveLength(one.requests);
    if (direct !== undefined)
      expect(direct.map((item) => item?.status)).toEqual(sending.events.map(() => 200));
  });

  test('of at least twenty destinations', () => {
    expect(new Set(LIBRARY_CASES.map(({ slug }) => slug)).size).toBeGreaterThanOrEqual(20);
  });
});
