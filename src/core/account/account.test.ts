import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { TRAITS, valuesOf } from '../../../tests/support/default-rules.js';
import { createAccount, decodeAccount, encodeAccount, foldAccount } from './account.js';

const call = (offset: number, timestamp: number, traits: Record<string, string | null>) =>
  anEvent({ type: 'group', groupId: 'acme', offset, timestamp, traits });

test('an account is a fold of its group calls, in any order', () => {
  const calls = [
    call(1, 30, { name: 'Acme', plan: 'pro' }),
    call(2, 10, { name: 'Acme Ltd', city: 'Ulm' }),
    call(3, 20, { plan: null }),
  ];
  for (const order of [calls, [...calls].reverse()]) {
    const account = createAccount('acme');
    for (const one of order) foldAccount(account, one, TRAITS);
    expect(valuesOf(account.fold.traits)).toEqual({ name: 'Acme', plan: 'pro', city: 'Ulm' });
    expect([account.fold.firstSeenAt, account.fold.lastSeenAt, account.fold.total]).toEqual([10, 30, 3]);
    expect(decodeAccount('acme', encodeAccount(account))).toEqual(account);
  }
});
