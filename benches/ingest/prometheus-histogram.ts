/** A cumulative histogram as Prometheus text gives it: counts at or below each bound, bounds rising, the last infinite. */
export interface PrometheusHistogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/**
 * Reads one unlabelled histogram out of a `/metrics` page.
 * @throws Error when the page does not hold it.
 */
export function parseHistogram(page: string, name: string): PrometheusHistogram {
  const buckets: { bound: number; count: number }[] = [];
  let sum = 0;
  for (const line of page.split('\n')) {
    if (!line.startsWith(name)) continue;
    const bucket = /^_bucket\{le="([^"]+)"\} (\S+)/.exec(line.slice(name.length));
    if (bucket?.[1] !== undefined) {
      const bound = bucket[1] === '+Inf' ? Number.POSITIVE_INFINITY : Number(bucket[1]);
      buckets.push({ bound, count: Number(bucket[2]) });
    } else if (line.startsWith(`${name}_sum `)) {
      sum = Number(line.slice(name.length + '_sum '.length));
    }
  }
  if (buckets.length === 0) throw new Error(`/metrics has no unlabelled histogram named ${name}`);
  buckets.sort((a, b) => a.bound - b.bound);
  return { bounds: buckets.map((b) => b.bound), counts: buckets.map((b) => b.count), sum };
}

/** What was observed between two readings of the same histogram. */
export function histogramDelta(before: PrometheusHistogram, after: PrometheusHistogram): PrometheusHistogram {
  const counts = after.counts.map((count, index) => count - (before.counts[index] ?? 0));
  return { bounds: after.bounds, counts, sum: after.sum - before.sum };
}

/**
 * The value below which this share (0 to 1) lies, interpolated within its bucket. In the infinite bucket it is the last
 * finite bound, so a figure that equals that bound means "or more". 0 when nothing was observed.
 */
export function histogramQuantile(histogram: PrometheusHistogram, share: number): number {
  const total = histogram.counts.at(-1) ?? 0;
  const rank = share * total;
  if (total === 0) return 0;
  for (let index = 0; index < histogram.bounds.length; index++) {
    const count = histogram.counts[index] ?? 0;
    if (count < rank || count === 0) continue;
    const bound = histogram.bounds[index] ?? 0;
    const lower = index === 0 ? 0 : (histogram.bounds[index - 1] ?? 0);
    const below = index === 0 ? 0 : (histogram.counts[index - 1] ?? 0);
    if (bound === Number.POSITIVE_INFINITY) return lower;
    return lower + ((bound - lower) * (rank - below)) / Math.max(1, count - below);
  }
  return 0;
}
