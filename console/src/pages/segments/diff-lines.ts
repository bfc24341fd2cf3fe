/** A line of one of two texts, or of both. */
export interface DiffLine {
  readonly line: string;
  readonly change: 'same' | 'added' | 'removed';
}

/** The shortest way from one text to another, line by line (the longest common subsequence). */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  // common[i][j]: how many lines the rests from i and j on share, in order.
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  const shared = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row === undefined) continue;
      row[j] = old[i] === now[j] ? shared(i + 1, j + 1) + 1 : Math.max(shared(i + 1, j), shared(i, j + 1));
    }
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      found.push({ line: old[i] ?? '', change: 'same' });
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && shared(i + 1, j) >= shared(i, j + 1))) {
      found.push({ line: old[i] ?? '', change: 'removed' });
      i += 1;
    } else {
      found.push({ line: now[j] ?? '', change: 'added' });
      j += 1;
    }
  }
  return found;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}
