/** Quantiles of a set of durations, in milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Buckets of one power of two: a recorded value is known to within 1/64, 1.6%. */
const STEPS = 64;
const STEP_BITS = 6;
const BUCKETS = (31 - STEP_BITS) * STEPS + 2 * STEPS;

/** Counts durations in buckets that widen with the value, from 1 microsecond to 35 minutes, in 7 KB. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  /** Records one duration in milliseconds, which may have a fraction; negative ones count as 0. */
  record(ms: number): void {
    const micros = Math.min(Math.max(Math.round(ms * 1000), 0), 2 ** 31 - 1);
    this.#counts[bucketOf(micros)]!++; // every value below 2^31 has a bucket
    this.#count++;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** The smallest duration in milliseconds that at least this share (0 to 1) of all do not exceed; 0 when nothing was recorded. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    for (let bucket = 0, seen = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(middleOf(bucket) / 1000, this.#maxMs);
    }
    return 0;
  }

  quantiles(): Quantiles {
    return { p50: this.quantile(0.5), p95: this.quantile(0.95), p99: this.quantile(0.99), max: this.#maxMs };
  }
}

/** Values below 2 x STEPS have a bucket each; above, the leading STEP_BITS + 1 bits choose it. */
function bucketOf(micros: number): number {
  if (micros < 2 * STEPS) return micros;
  const shift = 31 - Math.clz32(micros) - STEP_BITS;
  return shift * STEPS + (micros >>> shift);
}

function middleOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return (bucket - shift * STEPS + 0.5) * 2 ** shift;
}
