/** Reads texts of these names out of what stands behind the question mark of an address. Whatever else is there is left out. */
export function textsOf<Name extends string>(
  ...names: readonly Name[]
): (given: Record<string, unknown>) => { readonly [Key in Name]?: string } {
  return (given) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = given[name];
        // The router reads what looks like a number as one.
        const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
        return typeof text === 'string' && text !== '' ? [[name, text]] : [];
      }),
    ) as { [Key in Name]?: string };
}
