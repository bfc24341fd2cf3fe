import { describe, expect, test } from 'vitest';
import type { Suppression } from './suppression.js';
import { askedAtDoor, callOf, forbids, listsFor } from './suppression.js';

const ann = { kind: 'email', value: 'ann@example.com' };
const annsOther = { kind: 'email', value: 'ann@work.example' };
const ann42 = { kind: 'user_id', value: '42' };
const onList = (channel: Suppression['channel'], who = ann): Suppression => ({
  ...who,
  channel,
  reason: 'manual',
});

test('a channel obeys its own list and the one for all', () => {
  expect(listsFor('email')).toEqual(['all', 'email']);
  expect(listsFor('other')).toEqual(['all']);
  expect(listsFor('all')).toEqual(['all']);
});

test('an entry forbids what goes to its identifier by its channel', () => {
  expect(forbids(onList('email'), 'email', [ann42, ann])).toBe(true);
  expect(forbids(onList('email'), 'sms', [ann])).toBe(false);
  expect(forbids(onList('all'), 'sms', [ann])).toBe(true);
  expect(forbids(onList('all'), 'other', [ann])).toBe(true);
  expect(forbids(onList('email'), 'email', [annsOther, ann42])).toBe(false);
});

describe('at the door', () => {
  test('a dead address does not shut out the other one', () => {
    const asked = askedAtDoor([annsOther], [ann, annsOther, ann42]);
    expect(forbids(onList('email'), 'email', asked)).toBe(false);
    expect(forbids(onList('email', annsOther), 'email', asked)).toBe(true);
    expect(forbids(onList('email', ann42), 'email', asked)).toBe(true);
  });

  test('what tells of a person without an address goes by all that the person has', () => {
    expect(forbids(onList('ads'), 'ads', askedAtDoor([], [ann, ann42]))).toBe(true);
  });
});

describe('what is told', () => {
  const cause = { channel: 'email', purposes: [], source: 'link', proof: null } as const;

  test('is an event for what people or their mail systems did', () => {
    const eventOf = (reason: Suppression['reason']) => callOf({ ...cause, reason })?.event;
    expect(eventOf('unsubscribed')).toBe('Unsubscribed');
    expect(eventOf('hard_bounce')).toBe('Email Bounced');
    expect(eventOf('complaint')).toBe('Email Marked as Spam');
    expect([eventOf('manual'), eventOf('erasure')]).toEqual([undefined, undefined]);
    expect(callOf({ ...cause, channel: 'sms', reason: 'hard_bounce' })?.event).toBe('Message Bounced');
  });

  test('refuses the purposes, with the proof', () => {
    const call = callOf({ ...cause, reason: 'unsubscribed', purposes: ['mail'], proof: { delivery: 'd' } });
    expect(call).toEqual({
      ...{ type: 'track', event: 'Unsubscribed', properties: { channel: 'email', source: 'link' } },
      context: { consent: { purposes: { mail: false }, source: 'link', proof: { delivery: 'd' } } },
    });
  });
});
