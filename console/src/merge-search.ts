/** What is to be changed of what stands behind the question mark of an address; undefined takes away. */
export type SearchChange<Search> = { readonly [Name in keyof Search]?: Search[Name] | undefined };

/** The same with some of it changed. */
export function mergeSearch<Search extends object>(now: Search, change: SearchChange<Search>): Search {
  const all = Object.entries({ ...now, ...change });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Search;
}
