import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { maskerOf, personal } from './mask.js';

test('hides what is marked, at any depth, and nothing else', () => {
  const schema = Type.Object({
    data: Type.Array(
      Type.Object({
        id: Type.String(),
        email: personal(Type.String()),
        traits: personal(Type.Unsafe<object>({ type: 'object', additionalProperties: {} })),
        note: Type.Union([Type.Null(), personal(Type.String())]),
        byName: Type.Unsafe<object>({ type: 'object', additionalProperties: personal(Type.String()) }),
      }),
    ),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  });
  const mask = maskerOf(schema);
  const one = {
    id: 'p1',
    email: 'a@b.c',
    traits: { age: 7, tags: ['x'], deep: { no: null } },
    note: 'n',
    byName: { k: 'v' },
  };
  expect(mask?.({ data: [one], nextCursor: 'c' })).toEqual({
    data: [
      {
        id: 'p1',
        email: '•••',
        traits: { age: '•••', tags: ['•••'], deep: { no: null } },
        note: '•••',
        byName: { k: '•••' },
      },
    ],
    nextCursor: 'c',
  });
  expect(one.email).toBe('a@b.c');
});

test('has nothing to do where nothing is marked', () => {
  expect(maskerOf(Type.Object({ a: Type.Array(Type.String()) }))).toBeUndefined();
  expect(maskerOf(undefined)).toBeUndefined();
});

test('keys that are names of prototypes stay plain keys', () => {
  const mask = maskerOf(personal(Type.Object({})));
  const masked = mask?.(JSON.parse('{"__proto__":"a","constructor":"b"}')) as object;
  expect(JSON.stringify(masked)).toBe('{"__proto__":"•••","constructor":"•••"}');
});

test('hides fields of some names, at any depth', () => {
  const mask = maskerOf(Type.Object({ why: personal(Type.Unknown(), ['value']) }));
  expect(mask?.({ why: { kind: 'and', of: [{ kind: 'trait', value: 'x' }], value: 3 } })).toEqual({
    why: { kind: 'and', of: [{ kind: 'trait', value: '•••' }], value: '•••' },
  });
});
