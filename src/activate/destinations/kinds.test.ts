import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseEventChoices } from '../../core/delivery/event-choice.js';
import type { JsonObject } from '../../core/json.js';
import { checkMapping } from '../../core/mapping/check-mapping.js';
import { checkPayload } from '../../core/mapping/check-payload.js';
import type { Tools } from '../../core/mapping/part.js';
import { OWN_KINDS } from './kinds.js';

const GIVEN: JsonObject = {
  type: 'track',
  event: 'Audience Entered',
  properties: { audience_key: 'browsing', browsing: true },
  profile: {
    id: '11111111-1111-4111-8111-111111111111',
    identifiers: { email: ['ann@example.com'] },
    traits: { first_name: 'Ann' },
  },
};

const tools: Tools = {
  sha256: (text, encoding) => createHash('sha256').update(text).digest(encoding),
};

const loaded = await Promise.all(
  Object.entries(OWN_KINDS).map(async ([name, load]) => ({ name, kind: await load() })),
);

describe.each(loaded)('$name', ({ name, kind }) => {
  test('is found by its own name', () => {
    expect(kind.kind).toBe(name);
  });

  test('names fields that there are, and keeps what is secret', () => {
    for (const { fields, addressFields = [] } of Object.values(kind.actions)) {
      expect(addressFields.filter((field) => fields[field] === undefined)).toEqual([]);
    }
    const open = Object.entries(kind.settings).filter(
      ([, { type, secret }]) => type === 'password' && !secret,
    );
    expect(open).toEqual([]);
  });

  test.each(kind.presets)(
    'the preset "$name" fits its action, and fills all that must be filled',
    (preset) => {
      if ('events' in preset.from) expect(parseEventChoices(preset.from.events)).not.toEqual([]);
      const fields = kind.actions[preset.action]?.fields ?? {};
      const checked = checkMapping(preset.mapping, fields);
      expect(checked.faults).toBeUndefined();
      const made = checked.faults === undefined ? checked.mapping.evaluate(GIVEN, tools) : undefined;
      const payload = checkPayload(made, fields, false);
      expect(payload.faults).toBeUndefined();
    },
  );
});
