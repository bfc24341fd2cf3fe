/** A seeded source of 32-bit words. The same seed gives the same words on every machine. */
export type Random = () => number;

/** Small fast counter generator (sfc32). Words are signed 32-bit integers, which V8 keeps out of the heap. */
export function createRandom(seed: number): Random {
  let a = mix(seed);
  let b = mix(seed ^ 0x9e3779b9);
  let c = mix(seed ^ 0x243f6a88);
  let counter = 1;
  const next = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** Spreads the bits of an integer (the finaliser of MurmurHash3): what is derived from a person's number starts here. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** An integer from 0 to `bound - 1`. */
export function below(random: Random, bound: number): number {
  return (random() >>> 0) % bound;
}

/**
 * Samples ranks 0 to `size - 1` with probability proportional to 1 / (rank + 1)^exponent, in constant time a sample
 * (Vose's alias method).
 */
export function createZipf(size: number, exponent: number, random: Random): () => number {
  const scaled = new Float64Array(size);
  let sum = 0;
  for (let rank = 0; rank < size; rank++) {
    scaled[rank] = (rank + 1) ** -exponent;
    sum += scaled[rank] as number;
  }
  const alias = new Uint32Array(size);
  const threshold = new Float64Array(size).fill(2 ** 32);
  const small: number[] = [];
  const large: number[] = [];
  for (let rank = 0; rank < size; rank++) {
    scaled[rank] = ((scaled[rank] as number) * size) / sum;
    ((scaled[rank] as number) < 1 ? small : large).push(rank);
  }
  for (
    let poor = small.pop(), rich = large.pop();
    poor !== undefined && rich !== undefined;
    poor = small.pop()
  ) {
    threshold[poor] = (scaled[poor] as number) * 2 ** 32;
    alias[poor] = rich;
    scaled[rich] = (scaled[rich] as number) + (scaled[poor] as number) - 1;
    if ((scaled[rich] as number) < 1) {
      small.push(rich);
      rich = large.pop();
    }
  }
  return () => {
    const column = below(random, size);
    return random() >>> 0 < (threshold[column] as number) ? column : (alias[column] as number);
  };
}
