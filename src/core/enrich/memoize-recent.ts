/**
 * Remembers what a pure function of a string gave, for at most `entriesMax` strings, the recently used ones among them.
 *
 * Two generations stand for a least-recently-used list: a hit in the young one is a single look-up and moves nothing; when
 * the young one is full, the old one is dropped and the young one takes its place. What was used since then is copied over.
 * `compute` must not give undefined.
 */
export function memoizeRecent<Value extends NonNullable<unknown> | null>(
  compute: (key: string) => Value,
  entriesMax: number,
): (key: string) => Value {
  const generationMax = Math.max(1, Math.floor(entriesMax / 2));
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return (key) => {
    const hit = young.get(key);
    if (hit !== undefined) return hit;
    const ownKey = copyOf(key);
    const older = old.get(ownKey);
    const value = older === undefined ? compute(ownKey) : older;
    if (young.size >= generationMax) {
      old = young;
      young = new Map();
    }
    young.set(ownKey, value);
    return value;
  };
}

/** A slice keeps the whole text that it was cut from in memory: a cached key must not hold somebody's 200 KB URL. */
function copyOf(text: string): string {
  return text.split('').join('');
}
