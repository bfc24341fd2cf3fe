/** What other rules would change: profiles before and after, compared by the identifiers that they hold. */
export interface PartitionChange {
  readonly profilesBefore: number;
  readonly profilesAfter: number;
  /** Profiles that would go together with others, that would fall apart, and that would hold the same. */
  readonly merging: number;
  readonly splitting: number;
  readonly staying: number;
  readonly largestBefore: readonly number[];
  readonly largestAfter: readonly number[];
  /** Some of the changes: profiles before, each a list of identifiers' keys, and what would become of them. */
  readonly samples: ReadonlyArray<{
    readonly before: readonly string[][];
    readonly after: readonly string[][];
  }>;
}

const LARGEST = 10;
const KEYS_SHOWN_MAX = 20;

/**
 * Compares two partitions of identifiers, given as the profile of each identifier's key.
 * @param samplesMax how many changes are shown.
 */
export function comparePartitions(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  samplesMax: number,
): PartitionChange {
  const [was, becomes] = [groupsOf(before), groupsOf(after)];
  let [merging, splitting, staying] = [0, 0, 0];
  const changed: string[] = [];
  for (const [id, keys] of was) {
    const homes = new Set(keys.flatMap((key) => after.get(key) ?? []));
    const origins = new Set(
      [...homes].flatMap((home) => (becomes.get(home) ?? []).flatMap((key) => before.get(key) ?? [])),
    );
    const merges = origins.size > 1;
    const splits = homes.size > 1;
    if (merges) merging += 1;
    if (splits) splitting += 1;
    if (!merges && !splits) staying += 1;
    else if (changed.length < samplesMax) changed.push(id);
  }
  const shown = (keys: readonly string[]) =>
    keys.slice(0, KEYS_SHOWN_MAX).map((key) => key.replace('\n', ':'));
  const samples = changed.map((id) => {
    const homes = new Set((was.get(id) ?? []).flatMap((key) => after.get(key) ?? []));
    const results = [...homes].map((home) => becomes.get(home) ?? []);
    const origins = new Set(results.flat().flatMap((key) => before.get(key) ?? []));
    return {
      before: [...origins].slice(0, KEYS_SHOWN_MAX).map((origin) => shown(was.get(origin) ?? [])),
      after: results.slice(0, KEYS_SHOWN_MAX).map(shown),
    };
  });
  return {
    ...{ profilesBefore: was.size, profilesAfter: becomes.size, merging, splitting, staying, samples },
    ...{ largestBefore: largestOf(was), largestAfter: largestOf(becomes) },
  };
}

function groupsOf(partition: ReadonlyMap<string, string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, id] of partition) {
    const keys = groups.get(id);
    if (keys) keys.push(key);
    else groups.set(id, [key]);
  }
  return groups;
}

function largestOf(groups: ReadonlyMap<string, readonly string[]>): number[] {
  return Array.from(groups.values(), (keys) => keys.length)
    .sort((a, b) => b - a)
    .slice(0, LARGEST);
}
