/** A stream of pseudo-random numbers. The same seed gives the same stream on every machine. Not for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with the given probability. */
  chance(share: number): boolean;
  /** An item of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** A waiting time of a Poisson process with the given mean. */
  wait(mean: number): number;
  /** A version 4 UUID. */
  uuid(): string;
}

/** Makes the stream that belongs to a path of names, such as a seed, a person and a visit. */
export function createRandom(...path: readonly (string | number)[]): Random {
  const next = sfc32(hash(path.join('/')));
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (share) => next() < share,
    // Invariant: next() < 1, so the index is inside a list that is not empty.
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
    wait: (mean) => -Math.log(1 - next()) * mean,
    uuid: () => uuid(next),
  };
}

/** Eight hexadecimal digits that stand for a path of names. */
export function fingerprint(...path: readonly (string | number)[]): string {
  return (hash(path.join('/'))[0] >>> 0).toString(16).padStart(8, '0');
}

type State = [number, number, number, number];

/** cyrb128: four 32-bit words from a text. Public domain. */
function hash(text: string): State {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}

/** sfc32: small, fast, and good enough for a shop. Public domain. */
function sfc32([a, b, c, d]: State): () => number {
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  // Streams of near seeds are alike in their first values only.
  for (let round = 0; round < 8; round += 1) next();
  return next;
}

function uuid(next: () => number): string {
  const word = () =>
    Math.floor(next() * 4_294_967_296)
      .toString(16)
      .padStart(8, '0');
  const [a, b, c, d] = [word(), word(), word(), word()];
  const variant = '89ab'[Math.floor(next() * 4)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
