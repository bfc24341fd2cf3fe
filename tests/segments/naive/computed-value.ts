import type { JsonValue } from '../../../src/core/json.js';
import type { ComputedValue } from '../../../src/core/segments/definition.js';
import { figureOf } from './figure-of.js';
import { momentOf } from './moment-of.js';
import type { NaivePerson } from './naive-person.js';

const DAY_MS = 86_400_000;

/** The value of a computed trait; undefined when it is missing. */
export function computedValue(
  computed: ComputedValue,
  { events }: NaivePerson,
  now: number,
): JsonValue | undefined {
  switch (computed.kind) {
    case 'events':
      return figureOf(computed, events, now);
    case 'ratio': {
      const [of, to] = [figureOf(computed.of, events, now), figureOf(computed.to, events, now)];
      return typeof of === 'number' && typeof to === 'number' && to !== 0 ? of / to : undefined;
    }
    case 'days_since': {
      const { kind: _, ...selector } = computed;
      const last = momentOf(figureOf({ ...selector, measure: { kind: 'last_at' } }, events, now));
      return last === undefined ? undefined : Math.floor((now - last) / DAY_MS);
    }
    default:
      return computed satisfies never;
  }
}
