import { expect, test } from 'vitest';
import type { DemoCall } from './demo-call.js';
import { createShowcase } from './showcase.js';

const note = (
  userId: string | undefined,
  anonymousId: string,
  channel: DemoCall['channel'] = 'web',
): DemoCall => ({
  channel,
  at: 0,
  repeat: false,
  call: {
    type: 'page',
    messageId: '',
    timestamp: '',
    anonymousId,
    context: {},
    ...(userId === undefined ? {} : { userId }),
  },
});

test('prefers several devices and channels over a single one', () => {
  const showcase = createShowcase();
  showcase.note(note(undefined, 'x'));
  expect(showcase.best()).toBeUndefined();
  for (let visit = 0; visit < 50; visit += 1) showcase.note(note('busy', 'a'));
  showcase.note(note('varied', 'b'));
  showcase.note(note('varied', 'c', 'app'));
  expect(showcase.best()).toBe('varied');
});
