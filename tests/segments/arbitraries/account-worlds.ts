/**
 * Worlds in which people are in segments for what other members of their accounts do: segments that ask about the person alone, with answers that come
 * and go, others that ask about members in those, and histories of few calls at a time, so that most people are touched by nothing but what others did.
 */
import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.js';
import type { Node } from '../../../src/core/segments/definition.js';
import type { Definitions } from './definitions.js';
import type { History, HistoryStep } from './history.js';
import { GRID_MS, GROUPS, LISTS, timeNear } from './vocabulary.js';

const SOURCE = 'src_web';
const DURATIONS = ['6 hours', '12 hours', '2 days'] as const;
const MATCHES = ['any', 'all', 'none'] as const;

const viewed = (duration: string): Node => {
  return { kind: 'events', event: 'Viewed', window: { kind: 'last', duration } };
};
const isPlan = (value: string): Node => ({ kind: 'trait', trait: 'plan', is: { op: 'equals', value } });

/** Who is in them changes by what people say and do, and by time. */
const inner: fc.Arbitrary<Node> = fc.oneof(
  fc.constantFrom(...DURATIONS).map(viewed),
  fc.constantFrom(...DURATIONS).map((duration): Node => ({ kind: 'not', of: viewed(duration) })),
  fc.constantFrom('a', 'b').map(isPlan),
  fc.constant<Node>({ kind: 'list', list: LISTS[0] }),
  fc.constantFrom(...MATCHES).map((match): Node => {
    return { kind: 'account', match, trait: 'plan', is: { op: 'equals', value: 'a' } };
  }),
);

function outer(segments: readonly string[]): fc.Arbitrary<Node> {
  const members = fc
    .tuple(fc.constantFrom(...MATCHES), fc.constantFrom(...segments))
    .map(([match, segment]): Node => ({ kind: 'account_members', match, segment }));
  return fc.oneof(
    { weight: 4, arbitrary: members },
    { weight: 1, arbitrary: members.map((of): Node => ({ kind: 'not', of })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('all' as const, 'any' as const), members, fc.oneof(inner, members))
        .map(([kind, one, other]): Node => ({ kind, of: [one, other] })),
    },
  );
}

/** Worlds that begin at a time, with so many people. */
export function accountWorlds(
  beginning: number,
  people: number,
): fc.Arbitrary<{ readonly history: History; readonly definitions: Definitions }> {
  const before = ['s0', 's1', 's2', 's3'];
  const after = ['s4', 's5', 's6', 's7', 's8', 's9'];
  const definitions = fc
    .tuple(fc.tuple(...before.map(() => inner)), fc.tuple(...after.map(() => outer(before))))
    .map(([some, others]): Definitions => {
      const nodes: readonly Node[] = [...some, ...others];
      return {
        computed: new Map(),
        segments: new Map([...before, ...after].map((id, n) => [id, nodes[n] as Node])),
      };
    });
  return fc.record({ history: histories(beginning, people), definitions });
}

function histories(beginning: number, people: number): fc.Arbitrary<History> {
  const someone = fc.nat({ max: people - 1 });
  const at = timeNear(beginning, -1, 1).map((time) => new Date(time).toISOString());
  const callOf = (saying: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
    fc.tuple(saying, someone, fc.nat({ max: 9 }), at).map(([said, n, which, timestamp]) => {
      // Now and then a device tells more than the user, and brings two people together.
      const who = which > 1 ? { userId: `u${n}` } : { anonymousId: `d${n}` };
      const also = which === 2 ? { anonymousId: `d${(n + 1) % people}` } : {};
      return { ...said, ...who, ...also, timestamp };
    });
  const joins = callOf(
    fc
      .tuple(fc.constantFrom(...GROUPS), fc.constantFrom({}, { plan: 'a' }, { plan: 'b' }))
      .map(([groupId, traits]) => ({ type: 'group', groupId, traits })),
  );
  const call = fc.oneof(
    { weight: 3, arbitrary: joins },
    { weight: 4, arbitrary: callOf(fc.constant({ type: 'track', event: 'Viewed' })) },
    {
      weight: 2,
      arbitrary: callOf(
        fc.constantFrom('a', 'b', null).map((plan) => ({ type: 'identify', traits: { plan } })),
      ),
    },
    {
      weight: 2,
      arbitrary: callOf(
        fc.constantFrom('List Joined', 'List Left').map((event) => {
          return { type: 'track', event, properties: { list_id: LISTS[0] } };
        }),
      ),
    },
  );
  const requestOf = (calls: readonly JsonObject[]): HistoryStep => {
    return { kind: 'calls', sourceId: SOURCE, calls };
  };
  const step: fc.Arbitrary<HistoryStep> = fc.oneof(
    { weight: 11, arbitrary: fc.array(call, { minLength: 1, maxLength: 3 }).map(requestOf) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(1, 2, 4).map((slots): HistoryStep => {
        return { kind: 'time_passes', ms: slots * GRID_MS };
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('merge' as const, 'unmerge' as const), someone, someone)
        .map(([kind, a, b]): HistoryStep => {
          const name = (n: number) => ({ kind: 'user_id', value: `u${n}` }) as const;
          return { kind, a: name(a), b: name(b) };
        }),
    },
  );
  return fc
    .tuple(fc.array(joins, { minLength: 4, maxLength: 6 }), fc.array(step, { minLength: 12, maxLength: 18 }))
    .map(([first, rest]) => {
      const steps = [...first.map((one) => requestOf([one])), ...rest];
      return { beginning, steps: steps.map(withMessageIds) };
    });
}

function withMessageIds(step: HistoryStep, place: number): HistoryStep {
  if (step.kind !== 'calls') return step;
  return { ...step, calls: step.calls.map((call, n) => ({ ...call, messageId: `m${place}-${n}` })) };
}
