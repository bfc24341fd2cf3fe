/** Letters that may differ, for words so long. */
const SLIPS_MAX = 2;
/** Longer words are no slips of the pen; comparing them would only cost time. */
const WORD_CHARS_MAX = 30;

/** Of some phrases the one whose first word was probably meant by a word; undefined when it is like none. */
export function closestPhrase(word: string, phrases: readonly string[]): string | undefined {
  if (word.length > WORD_CHARS_MAX) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let fewest = Math.min(SLIPS_MAX, Math.floor(wanted.length / 2)) + 1;
  for (const phrase of phrases) {
    const slips = slipsBetween(wanted, phrase.split(' ', 1)[0] ?? phrase);
    if (slips < fewest) [best, fewest] = [phrase, slips];
  }
  return best;
}

/** Letters to add, drop, replace or swap with their neighbour, to make one word of the other. */
function slipsBetween(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      // Invariant: the rows above and the cells to the left are filled.
      const steps = [
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      ];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        steps.push((before[j - 2] as number) + 1);
      row.push(Math.min(...steps));
    }
    [before, last] = [last, row];
  }
  return last[b.length] as number;
}
