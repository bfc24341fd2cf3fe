import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outboxBytes, readOutbox } from './membership-outbox.js';
import type { MembershipCause, MembershipChange } from './segment-state.js';

const causes = fc.constantFrom<MembershipCause>(
  { kind: 'timer' },
  { kind: 'merge' },
  { kind: 'event', offset: 0, messageId: '' },
  { kind: 'event', offset: 2 ** 40, messageId: 'm' },
);
const change = fc.record<MembershipChange>({
  segmentId: fc.constantFrom('a', 'b', '1 b'),
  version: fc.constantFrom(1, 11),
  profileId: fc.constantFrom('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'),
  entered: fc.boolean(),
  at: fc.constantFrom(0, 1_764_259_200_000),
  cause: causes,
});

test('changes come out of the outbox as they went in', () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      expect(readOutbox(outboxBytes(changes))).toEqual(changes);
    }),
  );
});

test('what waited as JSON text before is still told', () => {
  const changes = fc.sample(change, 3);
  expect(readOutbox(Buffer.from(JSON.stringify(changes)))).toEqual(changes);
});
