import { beforeEach, describe, expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import type { Taken } from '../../../tests/support/model-graph.js';
import { ModelGraph } from '../../../tests/support/model-graph.js';

interface Given {
  readonly user?: string;
  readonly email?: string;
  readonly device?: string;
  /** Makes it an alias call. */
  readonly previous?: string;
}

let graph: ModelGraph;
beforeEach(() => {
  graph = new ModelGraph();
});

function take({ user = '', email, device = '', previous }: Given): Taken {
  return graph.take(
    anEvent({
      type: previous === undefined ? 'identify' : 'alias',
      ...{ userId: user, anonymousId: device, previousId: previous ?? '' },
      traits: email === undefined ? {} : { email },
    }),
  );
}

/** The graph as a table: whose are these identifiers? */
function table(): Record<string, string[]> {
  return Object.fromEntries(
    [...graph.profiles].map(([id, keys]) => [id, [...keys].map((key) => key.replace('\n', ':')).sort()]),
  );
}

const email = 'ann@example.com';

describe('nobody known', () => {
  test('makes a new profile, its id of the strongest identifier', () => {
    const { profileId, created, linked, merged, refused } = take({ user: 'ann', email, device: 'd1' });
    expect([profileId, created, merged, refused]).toEqual(['user_id:ann', true, [], []]);
    expect(linked.map(({ kind }) => kind)).toEqual(['user_id', 'email', 'anonymous_id']);
  });

  test('of e-mail and device it is the e-mail', () => {
    expect(take({ email, device: 'd1' }).profileId).toBe(`email:${email}`);
  });
});

describe('one known', () => {
  test('with nothing new decides and teaches nothing', () => {
    take({ user: 'ann', device: 'd1' });
    expect(take({ device: 'd1' })).toEqual({
      profileId: 'user_id:ann',
      identifiers: [{ kind: 'anonymous_id', value: 'd1', key: 'anonymous_id\nd1' }],
      ...{ created: false, links: [], linked: [], merged: [], refused: [] },
    });
  });

  test('takes the unknown to itself', () => {
    take({ device: 'd1' });
    const { profileId, linked } = take({ user: 'ann', email, device: 'd1' });
    expect(profileId).toBe('anonymous_id:d1');
    expect(linked.map(({ kind }) => kind)).toEqual(['user_id', 'email']);
  });

  test('of several the strongest decides: the user before the device', () => {
    take({ user: 'ann' });
    take({ device: 'd1' });
    expect(take({ user: 'ann', device: 'd1' }).profileId).toBe('user_id:ann');
  });

  test('an e-mail decides before the device', () => {
    take({ email });
    take({ device: 'd1' });
    expect(take({ email, device: 'd1' })).toMatchObject({
      profileId: `email:${email}`,
      merged: ['anonymous_id:d1'],
    });
  });
});

describe('several profiles', () => {
  test('merge into that of the strongest, three at once', () => {
    take({ user: 'ann' });
    take({ email });
    take({ device: 'd1' });
    const { profileId, merged, linked } = take({ user: 'ann', email, device: 'd1' });
    expect([profileId, merged, linked]).toEqual(['user_id:ann', [`email:${email}`, 'anonymous_id:d1'], []]);
    expect(table()).toEqual({ 'user_id:ann': ['anonymous_id:d1', `email:${email}`, 'user_id:ann'] });
  });

  test('merge once when two identifiers are of the same one', () => {
    take({ user: 'ann' });
    take({ email, device: 'd1' });
    expect(take({ user: 'ann', email, device: 'd1' })).toMatchObject({ merged: [`email:${email}`] });
  });

  test('do not merge on a device of somebody known: it moves on to who uses it, until the user is back', () => {
    take({ user: 'ann', device: 'd1' });
    take({ email });
    expect(take({ email, device: 'd1' })).toMatchObject({ profileId: `email:${email}`, merged: [] });
    expect(take({ device: 'd1' }).profileId).toBe(`email:${email}`);
    expect(take({ user: 'ann', device: 'd1' }).profileId).toBe('user_id:ann');
    expect(take({ user: 'ann', email })).toMatchObject({
      profileId: 'user_id:ann',
      merged: [`email:${email}`],
    });
  });
});

describe('two users', () => {
  test('on one device stay two: it moves on to the one who uses it', () => {
    take({ user: 'ann', device: 'tablet' });
    const moved = take({ user: 'bob', device: 'tablet' });
    expect(moved).toMatchObject({ profileId: 'user_id:bob', created: true, merged: [], refused: [] });
    expect(moved.linked).toContainEqual({ kind: 'anonymous_id', value: 'tablet' });
    expect(take({ device: 'tablet' }).profileId).toBe('user_id:bob');
    take({ user: 'ann', device: 'tablet' });
    expect(take({ device: 'tablet' }).profileId).toBe('user_id:ann');
    expect(table()).toEqual({
      'user_id:ann': ['anonymous_id:tablet', 'user_id:ann'],
      'user_id:bob': ['user_id:bob'],
    });
  });

  test('do not share an e-mail: it stays with its owner, and that is told', () => {
    take({ user: 'ann', email });
    const { profileId, refused, identifiers } = take({ user: 'bob', email, device: 'd2' });
    expect(profileId).toBe('user_id:bob');
    expect(refused).toEqual([{ kind: 'email', value: email }]);
    expect(identifiers.map(({ kind }) => kind)).toEqual(['user_id', 'anonymous_id']);
    expect(take({ email }).profileId).toBe('user_id:ann');
  });

  test('are not joined by an event of neither: the device moves on to the one whose address is given', () => {
    take({ user: 'ann', email });
    take({ user: 'bob', device: 'd2' });
    const { profileId, merged, linked } = take({ email, device: 'd2' });
    expect([profileId, merged]).toEqual(['user_id:ann', []]);
    expect(linked).toEqual([{ kind: 'anonymous_id', value: 'd2' }]);
    expect(take({ device: 'd2' }).profileId).toBe('user_id:ann');
  });

  test('a new user takes over what has none, and nothing of another’s', () => {
    take({ user: 'ann', email });
    take({ device: 'd1' });
    const { profileId, refused } = take({ user: 'bob', email, device: 'd1' });
    expect(profileId).toBe('anonymous_id:d1');
    expect(refused.map(({ kind }) => kind)).toEqual(['email']);
    expect(graph.userIdsOf(profileId)).toEqual(['bob']);
  });
});

describe('alias', () => {
  test('joins a former anonymous name, known or not', () => {
    take({ device: 'd1' });
    expect(take({ user: 'ann', previous: 'd1' })).toMatchObject({ profileId: 'anonymous_id:d1', merged: [] });
    take({ user: 'ann', previous: 'd2' });
    expect(take({ device: 'd2' }).profileId).toBe('anonymous_id:d1');
  });

  test('joins two users, the only thing that does', () => {
    take({ user: 'ann' });
    take({ user: 'anna', email });
    expect(take({ user: 'anna', previous: 'ann' })).toMatchObject({
      profileId: 'user_id:anna',
      merged: ['user_id:ann'],
    });
    expect(graph.userIdsOf('user_id:anna').toSorted()).toEqual(['ann', 'anna']);
  });

  test('leaves both users known: later events of either are the one person’s', () => {
    take({ user: 'ann' });
    take({ user: 'anna' });
    take({ user: 'anna', previous: 'ann' });
    for (const user of ['ann', 'anna']) {
      expect(take({ user, device: `d-${user}` })).toMatchObject({
        profileId: 'user_id:anna',
        ...{ created: false, merged: [], refused: [] },
      });
    }
  });

  test('a new name for a known user', () => {
    take({ user: 'old' });
    expect(take({ user: 'new', previous: 'old' })).toMatchObject({
      profileId: 'user_id:old',
      created: false,
    });
    expect(graph.userIdsOf('user_id:old')).toEqual(['old', 'new']);
  });

  test('speaks of its two names alone: somebody else’s device or e-mail joins nobody', () => {
    take({ user: 'ann', email, device: 'tablet' });
    take({ user: 'bob' });
    const { merged, refused } = take({ user: 'robert', previous: 'bob', email, device: 'tablet' });
    expect(merged).toEqual([]);
    expect(refused.map(({ kind }) => kind)).toEqual(['email']);
    expect(table()).toEqual({
      'user_id:ann': [`email:${email}`, 'user_id:ann'],
      'user_id:bob': ['anonymous_id:tablet', 'user_id:bob', 'user_id:robert'],
    });
  });

  test('to the same name says nothing', () => {
    take({ device: 'd1' });
    const { profileId, linked, merged } = take({ device: 'd1', previous: 'd1' });
    expect([profileId, linked, merged]).toEqual(['anonymous_id:d1', [], []]);
    take({ user: 'ann' });
    expect(take({ user: 'ann', previous: 'ann' }).linked).toEqual([]);
  });
});
