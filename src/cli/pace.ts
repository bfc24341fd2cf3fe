/** Keeps a stream at a rate by short rests, at most ten a second, so that fast streams still go in batches. */
export interface Pace {
  /** Milliseconds to rest after this event; zero for most. */
  restMs(nowMs: number): number;
}

/** @param perSecond events a second; undefined means as fast as it goes. */
export function createPace(perSecond: number | undefined, startMs: number): Pace {
  if (perSecond === undefined) return { restMs: () => 0 };
  const slice = Math.max(1, Math.round(perSecond / 10));
  let count = 0;
  return {
    restMs(nowMs) {
      count += 1;
      if (count % slice !== 0) return 0;
      return Math.max(0, startMs + (count / perSecond) * 1000 - nowMs);
    },
  };
}
