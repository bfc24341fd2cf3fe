import fc from 'fast-check';

/** Something in so many of ten cases, else undefined. */
export function maybe<T>(tenths: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 10 - tenths, arbitrary: fc.constant(undefined) }, { weight: tenths, arbitrary });
}

/** An object that has each of the optional parts in so many of ten cases; a part that is undefined is not there. */
export function sometimes<T extends object>(
  parts: { readonly [K in keyof T]: readonly [tenths: number, arbitrary: fc.Arbitrary<T[K]>] },
): fc.Arbitrary<Partial<T>> {
  const names = Object.keys(parts) as Array<keyof T & string>;
  return fc
    .tuple(
      ...names.map((name) => {
        const [tenths, arbitrary] = parts[name];
        return maybe(tenths, arbitrary);
      }),
    )
    .map(
      (values) =>
        Object.fromEntries(
          names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
        ) as Partial<T>,
    );
}
